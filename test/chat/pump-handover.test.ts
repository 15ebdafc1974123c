// A pump is killed between any two of its calls while it does more than push: it hands over in the midst of a frame, forgets who is gone, and
// writes in several dialects.
import { expect } from "chai";
import { pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { type ChatWorld, type Instance, openChatWorld } from "#test/support/chat-world.ts";
import { atEveryKill, runUntilKilled } from "#test/support/killed-function.ts";
import { entriesIn, pumpRun, retried, runPumps } from "#test/support/run-pumps.ts";

const ROOM = "room:general";
const NATIVE = ["b", "c", "d", "e"];

describe("a pump that is killed anywhere", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  let sent: number;
  const newest = new Map<string, number>();

  const enter = async (connectionId: string, dialect = "native") => {
    await world.open(connectionId, { userId: `u-${connectionId}`, dialect });
    await world.say(connectionId, { action: "joinRoom", room: "general" });
  };
  beforeEach(async () => {
    world = await openChatWorld({ directAudienceLimit: 3 });
    for (const member of ["a", ...NATIVE]) await enter(member);
    // while the room was small, they were told who comes
    for (const member of NATIVE) world.sentTo(member);
    sent = 0;
    newest.clear();
  });
  afterEach(() => world.close());

  const send = () =>
    world.say("a", { action: "sendMessage", to: { room: "general" }, content: `${++sent}`, id: `m${sent}` });
  const nextOrder = (): PumpOrder => {
    const [order] = world.orders.splice(0);
    if (!order) throw new Error("no pump was asked for");
    return order;
  };
  /** Nothing is left out, and what comes twice is told by its seq. */
  const expectAll = () => {
    for (const member of NATIVE) {
      for (const { seq } of entriesIn(world.sentTo(member))) {
        expect(seq, member).to.be.at.most((newest.get(member) ?? 0) + 1);
        newest.set(member, Math.max(seq, newest.get(member) ?? 0));
      }
      expect(newest.get(member), member).to.equal(sent);
    }
  };
  it("while it hands over in the midst of a frame, leaves nobody without it", async () => {
    let handedOver = 0;
    const kills = await atEveryKill(async (kill) => {
      await send();
      await send();
      const order = nextOrder();
      const killed = await runUntilKilled(world, kill, async (instance) => {
        const { ports, posts } = countingPosts(instance);
        const report = await pump(
          ports,
          order,
          pumpRun(world, () => (posts() < 2 ? 60_000 : 5_000)),
        );
        if (report.end === "handed over") handedOver++;
      });
      // the event of the next one is there, if it was started; Lambda runs this one's again, if it was killed
      world.pass(60_000);
      if (killed) await retried(world, order);
      await runPumps(world);
      expectAll();
      return killed;
    });
    expect(kills, "places to be killed at, two a call").to.be.at.least(16);
    expect(handedOver).to.be.at.least(1);
  });

  it("while it forgets who is gone, leaves nothing of them, and the others served", async () => {
    let count = 0;
    await atEveryKill(async (kill) => {
      const gone = `gone-${++count}`;
      await enter(gone);
      world.make(gone, "gone");
      await send();
      const order = nextOrder();
      const killed = await runUntilKilled(world, kill, ({ ports }) => pump(ports, order, pumpRun(world)));
      world.orders.splice(0);
      world.pass(60_000);
      await retried(world, order);
      await send();
      await runPumps(world);
      expectAll();
      const audience = await world.ports.memberships.audience(ROOM);
      expect(audience.map(({ connectionId }) => connectionId)).to.deep.equal(["a", ...NATIVE]);
      const rows = await world.ports.snapshots.read({ connections: [gone], users: [`u-${gone}`] });
      expect(rows.connection(gone)).to.equal(undefined);
      expect(rows.devices(`u-${gone}`)).to.deep.equal([]);
      return killed;
    });
    expect(count).to.be.at.least(20);
  });

  it("between the frames of a member that gets its entries one by one, leaves out none of them", async () => {
    await enter("w", "walkthrough");
    const shown = new Set<string>();
    await atEveryKill(async (kill) => {
      for (let times = 0; times < 3; times++) await send();
      const order = nextOrder();
      const killed = await runUntilKilled(world, kill, ({ ports }) => pump(ports, order, pumpRun(world)));
      world.orders.splice(0);
      world.pass(60_000);
      await retried(world, order);
      for (const { message } of world.sentTo("w")) shown.add(String(message));
      expect([...shown]).to.deep.equal(Array.from({ length: sent }, (_, at) => `${at + 1}`));
      expectAll();
      return killed;
    });
  });

  function countingPosts(instance: Instance): { readonly ports: Instance["ports"]; readonly posts: () => number } {
    let posts = 0;
    const post: Instance["ports"]["poster"]["post"] = (...args) => {
      posts++;
      return instance.ports.poster.post(...args);
    };
    return { ports: { ...instance.ports, poster: { post } }, posts: () => posts };
  }
});
