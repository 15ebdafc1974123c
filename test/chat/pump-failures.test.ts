// What the pumps promise when functions die, stores refuse and clocks differ: every entry that was acknowledged comes, in order or known by its
// seq for a repetition, and the room goes on.
import { expect } from "chai";
import { pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { type Around, type ChatWorld, type Instance, openChatWorld } from "#test/support/chat-world.ts";
import { atEveryKill, runUntilKilled } from "#test/support/killed-function.ts";
import { entriesIn, pumpRun, retried, runPump, runPumps } from "#test/support/run-pumps.ts";

const ROOM = "room:general";
const MEMBERS = ["a", "b", "c", "d", "e"] as const;
const OTHERS = MEMBERS.slice(1);

describe("whatever fails, a large room", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  const seen = new Map<string, number[]>();

  beforeEach(async () => {
    world = await openChatWorld({ directAudienceLimit: 3 });
    for (const member of MEMBERS) {
      await world.open(member, { userId: `u-${member}`, dialect: "native" });
      await world.say(member, { action: "joinRoom", room: "general" });
    }
    await runPumps(world);
    seen.clear();
    for (const member of MEMBERS) world.sentTo(member);
  });
  afterEach(() => world.close());

  const frame = (id: string) => ({ action: "sendMessage", to: { room: "general" }, content: id, id });
  const send = (id: string, instance: Instance = world) => instance.say("a", frame(id));
  const nextOrder = (): PumpOrder => {
    const order = world.orders.shift();
    if (!order) throw new Error("no pump was asked for");
    return order;
  };
  const runOn = (instance: Instance, order: PumpOrder) => pump(instance.ports, order, pumpRun(world));
  const look = () => {
    for (const member of OTHERS) {
      const seqs = entriesIn(world.sentTo(member)).map(({ seq }) => seq);
      seen.set(member, [...(seen.get(member) ?? []), ...seqs]);
    }
  };
  /** A new seq is always the one after the newest: what comes again is told by its seq. */
  const expectAll = (count: number) => {
    look();
    for (const member of OTHERS) {
      let newest = 0;
      for (const seq of seen.get(member) ?? []) {
        expect(seq, `${member} got ${seen.get(member)?.join()}`).to.be.at.most(newest + 1);
        newest = Math.max(newest, seq);
      }
      expect(newest, member).to.equal(count);
    }
  };

  it("gets everything when a pump is killed between any two calls, and Lambda runs it again", async () => {
    let sent = 0;
    const kills = await atEveryKill(async (kill) => {
      await send(`${++sent}`);
      await send(`${++sent}`);
      const order = nextOrder();
      const killed = await runUntilKilled(world, kill, (instance) => runOn(instance, order));
      world.orders.splice(0);
      world.pass(60_000);
      await retried(world, order);
      await runPumps(world);
      expectAll(sent);
      return killed;
    });
    expect(kills, "places to be killed at").to.be.greaterThan(15);
  });

  it("gets everything with the next message when a killed pump is never run again", async () => {
    let sent = 0;
    await atEveryKill(async (kill) => {
      await send(`${++sent}`);
      const order = nextOrder();
      const killed = await runUntilKilled(world, kill, (instance) => runOn(instance, order));
      world.orders.splice(0);
      // its lease has expired
      world.pass(30_000);
      await send(`${++sent}`);
      await runPumps(world);
      expectAll(sent);
      return killed;
    });
  });

  it("gets what a sender stored that was killed between any two calls, when it tries again", async () => {
    let sent = 0;
    const kills = await atEveryKill(async (kill) => {
      const id = `${kill.at} ${kill.moment}`;
      const killed = await runUntilKilled(world, kill, (instance) => send(id, instance));
      world.pass(1_000);
      expect(await send(id)).to.include({ type: "ack", seq: ++sent });
      await runPumps(world);
      expectAll(sent);
      return killed;
    });
    expect(kills, "places to be killed at").to.be.greaterThan(10);
  });

  it("is pushed to by one of two pumps that run side by side, whatever the order of their calls", async () => {
    for (let run = 1; run <= 10; run++) {
      await send(`${run}`);
      const order = nextOrder();
      const jittered = () =>
        world.instance(async (_call, make) => {
          for (let turns = Math.floor(Math.random() * 4); turns > 0; turns--) await new Promise(setImmediate);
          return make();
        });
      await Promise.all([runOn(jittered(), order), runOn(jittered(), order)]);
      look();
    }
    for (const member of OTHERS) expect(seen.get(member)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  describe("is not posted to by a pump that has lost its lease", () => {
    /** A pump that stands still at its first post; the time passes, another pump takes over, and it goes on. */
    async function overtaken({
      clockAheadMs = 0,
      keeps = true,
    } = {}): Promise<{ readonly afterwards: number; readonly end: string }> {
      for (const id of ["1", "2", "3"]) await send(id);
      const order = nextOrder();
      let goOn: () => void = () => {};
      let standing: () => void = () => {};
      const still = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const isStanding = new Promise<void>((resolve) => {
        standing = resolve;
      });
      let afterwards = 0;
      let posts = 0;
      let isOver = false;
      const around: Around = async (call, make) => {
        if (call === "Post" && ++posts > 1 && isOver) afterwards++;
        if (call === "UpdateItemCommand" && posts > 0 && !keeps) throw new Error("no answer");
        if (call !== "Post" || posts > 1) return make();
        standing();
        await still;
        return make();
      };
      const slow = world.instance(around, { clockAheadMs });
      const alone = { ...slow, ports: { ...slow.ports, postConcurrency: 1 } };
      const first = runOn(alone, order);
      await isStanding;
      world.pass(40_000);
      expect((await runPump(world, order)).end).to.equal("done");
      isOver = true;
      goOn();
      const end = await first.then(
        (report) => report.end,
        (error: Error) => error.message,
      );
      return { end, afterwards };
    }

    it("after it stood still for a while", async () => {
      expect(await overtaken()).to.deep.equal({ end: "lost", afterwards: 0 });
      expectAll(3);
    });

    it("even when nobody can tell it", async () => {
      expect(await overtaken({ keeps: false })).to.deep.equal({
        end: "The lease of room:general, shard 0, could not be kept.",
        afterwards: 0,
      });
      expectAll(3);
    });

    for (const clockAheadMs of [-5_000, 5_000]) {
      it(`with a clock ${Math.abs(clockAheadMs) / 1000} s ${clockAheadMs < 0 ? "behind" : "ahead"}`, async () => {
        expect(await overtaken({ clockAheadMs })).to.deep.equal({ end: "lost", afterwards: 0 });
        expectAll(3);
      });
    }
  });

  for (const clockAheadMs of [-5_000, 5_000]) {
    it(`leaves the lease to who has it, by a clock ${clockAheadMs / 1000} s ahead`, async () => {
      await send("1");
      const order = nextOrder();
      const ends: string[] = [];
      const other = world.instance(undefined, { clockAheadMs });
      let isFirst = true;
      const instance = world.instance(async (call, make) => {
        if (call === "Post" && isFirst) {
          isFirst = false;
          ends.push((await runOn(other, order)).end);
          // its holder may still post for a second
          world.pass(16_000);
          ends.push((await runOn(other, order)).end);
        }
        return make();
      });
      ends.push((await runOn(instance, order)).end);
      expect(ends).to.deep.equal(["held", "held", "done"]);
      expectAll(1);
    });
  }

  describe("with a lease store that is throttled", () => {
    const throttled = (during: (count: number) => boolean): Instance => {
      let updates = 0;
      return world.instance(async (call, make) => {
        if (call === "UpdateItemCommand" && during(++updates)) {
          throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
        }
        return make();
      });
    };

    it("is pushed to when Lambda tries again, if no lease could be had", async () => {
      await send("1");
      const order = nextOrder();
      const failure = await runOn(
        throttled(() => true),
        order,
      ).catch((error: Error) => error.name);
      expect(failure).to.equal("ThrottlingException");
      world.pass(60_000);
      await runPump(world, order);
      expectAll(1);
    });

    it("is pushed to on while the lease is sure, and the lease is given back in the end", async () => {
      await send("1");
      await send("2");
      const [order] = world.orders.splice(0);
      const instance = throttled((count) => count === 2);
      expect((await runOn(instance, order as PumpOrder)).end).to.equal("done");
      expectAll(2);
      await send("3");
      expect(world.orders, "the lease is free").to.have.lengthOf(1);
    });

    it("gets what could not be noted once more, and sees it by the seq", async () => {
      await send("1");
      const order = nextOrder();
      const failure = await runOn(
        throttled((count) => count > 1),
        order,
      ).catch((error: Error) => error.name);
      expect(failure).to.equal("ThrottlingException");
      world.pass(60_000);
      await runPump(world, order);
      expectAll(1);
      expect(seen.get("b")).to.deep.equal([1, 1]);
    });

    it("answers a sender that it may try again, and the second try is enough", async () => {
      const instance = world.instance(async (call, make) => {
        if (call === "BatchGetItemCommand" && ++batches === 2) {
          throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
        }
        return make();
      });
      let batches = 0;
      expect(await send("1", instance)).to.include({ type: "error", code: "unavailable", retryable: true });
      expect(world.orders).to.deep.equal([]);
      expect(await send("1")).to.include({ type: "ack", seq: 1 });
      await runPumps(world);
      expectAll(1);
    });
  });

  it("is served on past members that are throttled for a minute: they wait for themselves alone", async () => {
    world.make("c", "throttled");
    let sent = 0;
    const tried: string[] = [];
    const instance = world.instance(async (call, make) => {
      tried.push(call);
      return make();
    });
    for (let second = 0; second < 60; second += 2) {
      await send(`${++sent}`);
      await runOn(instance, nextOrder());
    }
    world.make("c", "sent");
    await send(`${++sent}`);
    await runPumps(world);
    look();
    for (const member of ["b", "d", "e"]) {
      expect(seen.get(member)).to.deep.equal(Array.from({ length: 31 }, (_, at) => at + 1));
    }
    expect(seen.get("c")).to.deep.equal([31]);
  });

  it("throttled by a member in the middle of a run tries it again only after a rest", async () => {
    world.make("c", "throttled");
    await send("1");
    let sent = 1;
    const instance = world.instance(async (call, make) => {
      // somebody says something during each round, so that the run goes on
      if (call === "UpdateItemCommand" && sent < 80) await send(`${++sent}`);
      return make();
    });
    const report = await runOn(instance, nextOrder());
    expect(report).to.include({ end: "done", entries: sent });
    // 8 seconds in rounds of a tenth
    expect(report.throttled).to.equal(2);
    look();
    for (const member of ["b", "d", "e"]) expect(seen.get(member)?.at(-1)).to.equal(sent);
  });

  it("is free for the next sender at once when a pump fails", async () => {
    await send("1");
    const order = nextOrder();
    const instance = world.instance(async (call, make) => {
      if (call === "QueryCommand") throw new Error("no");
      return make();
    });
    await runOn(instance, order).catch(() => {});
    await send("2");
    expect(world.orders).to.have.lengthOf(1);
    await runPumps(world);
    expectAll(2);
  });

  it("is not stopped by a member that cannot be forgotten", async () => {
    world.make("c", "gone");
    await send("1");
    const order = nextOrder();
    const instance = world.instance(async (call, make) => {
      if (call === "DeleteItemCommand") throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
      return make();
    });
    expect((await runOn(instance, order)).end).to.equal("done");
    await send("2");
    await runPumps(world);
    look();
    for (const member of ["b", "d", "e"]) expect(seen.get(member)).to.deep.equal([1, 2]);
    expect((await world.ports.memberships.audience(ROOM)).map(({ connectionId }) => connectionId)).not.to.include("c");
  });
});
