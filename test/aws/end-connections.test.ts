// Connections of who was banned, some of which are not open yet.
import { expect } from "chai";
import type { Device } from "#aws/connection-rows.ts";
import { type Ended, endConnections } from "#aws/end-connections.ts";
import type { Closer } from "#chat/ports.ts";
import { ManualTiming } from "./support/manual-timing.ts";

const AGAIN_MS = 500;

describe("ending the connections of a banned user", () => {
  let timing: ManualTiming;
  let open: Set<string>;
  let noted: Device[];
  let ended: string[];
  beforeEach(() => {
    timing = new ManualTiming();
    open = new Set();
    ended = [];
    noted = [
      { connectionId: "old", connectedAt: timing.now() - 3_600_000 },
      { connectionId: "young", connectedAt: timing.now() - 20 },
    ];
  });

  const end = async (id: string) => {
    if (!open.delete(id)) return "gone";
    ended.push(id);
    return "ended";
  };
  const start = (close: Closer["close"] = end) =>
    endConnections(noted, { closer: { close }, noted: async () => noted, timing });
  const again = async () => {
    await timing.timerOf(AGAIN_MS);
    timing.move(AGAIN_MS);
  };
  const counts = async (ending: Promise<Ended>) => {
    const { failed, ...rest } = await ending;
    return { ...rest, failed: [...failed.keys()] };
  };

  it("ends what is open", async () => {
    open = new Set(["old", "young"]);
    expect(await counts(start())).to.deep.equal({ ended: 2, gone: 0, failed: [] });
  });

  it("waits for one that is being opened, and ends it when it is", async () => {
    open = new Set(["old"]);
    const ending = start();
    await again();
    await again();
    open.add("young");
    expect(await counts(ending)).to.deep.equal({ ended: 2, gone: 0, failed: [] });
    expect(ended).to.deep.equal(["old", "young"]);
  });

  it("waits for it as long as a handshake can take", async () => {
    const ending = start();
    for (let ms = 0; ms < 30_000; ms += AGAIN_MS) await again();
    expect(await counts(ending)).to.deep.equal({ ended: 0, gone: 2, failed: [] });
  });

  it("waits no longer when it has ended by itself", async () => {
    const ending = start();
    await again();
    await timing.timerOf(AGAIN_MS);
    noted = [];
    timing.move(AGAIN_MS);
    expect(await counts(ending)).to.deep.equal({ ended: 0, gone: 1, failed: [] });
  });

  it("says what could not be ended, and goes on", async () => {
    const ending = start(async (id) => {
      if (id === "old") throw new Error("no way");
      return "ended";
    });
    expect(await counts(ending)).to.deep.equal({ ended: 1, gone: 0, failed: ["old"] });
  });
});
