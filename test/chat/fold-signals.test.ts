import { expect } from "chai";
import { foldSignals } from "#chat/fold-signals.ts";
import type { NotedSignal } from "#chat/signal-ports.ts";
import type { Signal } from "#protocol/messages.ts";

const NOW = 1_000_000;
const conversation = "room:general";
let keys = 0;

const noted = (signal: Signal, agoMs = 0): NotedSignal => ({ key: ++keys, signal, at: NOW - agoMs });
const typing = (id: string, agoMs?: number) => noted({ type: "typing", conversation, user: { id } }, agoMs);
const receipt = (id: string, seq: number, kind: "delivered" | "read" = "read") =>
  noted({ type: "receipt", conversation, seq, kind, user: { id } });
const presence = (id: string, event: "join" | "leave" | "rename", name?: string) =>
  noted({ type: "presence", conversation, event, user: name === undefined ? { id } : { id, name } });

const told = (...all: NotedSignal[]) =>
  foldSignals(all, NOW).map(({ signal }) => {
    if (signal.type === "presence") return `${signal.event} ${signal.user.name ?? signal.user.id}`;
    return signal.type === "receipt" ? `${signal.kind} ${signal.seq} ${signal.user.id}` : `typing ${signal.user.id}`;
  });

describe("signals that waited together", () => {
  it("name who types once, and nobody who typed three seconds ago", () => {
    expect(told(typing("a", 2_999), typing("b"), typing("a"), typing("c", 3_000))).to.deep.equal([
      "typing b",
      "typing a",
    ]);
  });

  it("say how far each has read, whatever the order in which it was said", () => {
    expect(told(receipt("a", 5), receipt("b", 4), receipt("a", 3), receipt("a", 6, "delivered"))).to.deep.equal([
      "read 5 a",
      "read 4 b",
      "delivered 6 a",
    ]);
  });

  it("say nothing of who came and went, or went and came back", () => {
    expect(
      told(presence("a", "join"), presence("b", "leave"), presence("a", "leave"), presence("b", "join")),
    ).to.deep.equal([]);
  });

  it("say of who came or went several times where they are now", () => {
    expect(told(presence("a", "join"), presence("a", "leave"), presence("a", "join"))).to.deep.equal(["join a"]);
    expect(told(presence("a", "leave"), presence("a", "join"), presence("a", "leave"))).to.deep.equal(["leave a"]);
    expect(told(presence("a", "join"), presence("a", "join"))).to.deep.equal(["join a"]);
  });

  it("say by their newest name who came, and who is called otherwise now", () => {
    expect(told(presence("a", "join"), presence("a", "rename", "Anna"))).to.deep.equal(["join Anna"]);
    expect(told(presence("a", "rename", "Ann"), presence("a", "rename", "Anna"))).to.deep.equal(["rename Anna"]);
    expect(told(presence("a", "leave"), presence("a", "join"), presence("a", "rename", "Anna"))).to.deep.equal([
      "rename Anna",
    ]);
    expect(told(presence("a", "rename", "Anna"), presence("a", "leave", "Anna"))).to.deep.equal(["leave Anna"]);
    expect(told(presence("a", "join"), presence("a", "rename", "Anna"), presence("a", "leave", "Anna"))).to.deep.equal(
      [],
    );
  });

  it("are in the order in which they came", () => {
    expect(told(presence("a", "join"), typing("b"), receipt("c", 1), presence("d", "leave"))).to.deep.equal([
      "join a",
      "typing b",
      "read 1 c",
      "leave d",
    ]);
  });
});
