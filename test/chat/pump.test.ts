import { expect } from "chai";
import { pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { LIMITS } from "#protocol/limits.ts";
import { type Around, type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { entriesIn, pumpRun, runPump, runPumps } from "#test/support/run-pumps.ts";

const ROOM = "room:general";
const MEMBERS = ["a", "b", "c", "d", "e"] as const;

describe("a room larger than its stage's limit", function () {
  this.timeout(30_000);
  let world: ChatWorld;

  const enter = async (connectionId: string, dialect = "native") => {
    await world.open(connectionId, { userId: `u-${connectionId}`, dialect });
    await world.say(connectionId, { action: "joinRoom", room: "general" });
  };
  beforeEach(async () => {
    // of entries alone: what else is told is in signals.test.ts
    world = await openChatWorld({ directAudienceLimit: 3, signalsAudienceLimit: 3 });
    for (const member of MEMBERS) await enter(member);
    for (const member of MEMBERS) world.sentTo(member);
  });
  afterEach(() => world.close());

  const send = (content: string, from = "a", id = content) =>
    world.say(from, { action: "sendMessage", to: { room: "general" }, content, id });
  const seqsOf = (connectionId: string) => entriesIn(world.sentTo(connectionId)).map(({ seq }) => seq);
  const orderOf = (seq: number): PumpOrder => ({ conversation: ROOM, shard: 0, seq, at: Date.now() });

  it("is pushed to by a pump, which the message function starts and does not wait for", async () => {
    expect(await send("one")).to.include({ type: "ack", seq: 1 });
    expect(world.orders).to.have.lengthOf(1);
    expect(world.orders[0]).to.include({ conversation: ROOM, shard: 0, seq: 1 });
    for (const member of MEMBERS) expect(world.sentTo(member)).to.deep.equal([]);
    const [report] = await runPumps(world);
    expect(report).to.include({ end: "done", audience: 5, entries: 1, posted: 4, gone: 0, throttled: 0 });
    for (const member of MEMBERS.slice(1)) {
      expect(world.sentTo(member)[0]).to.include({ type: "message", conversation: ROOM, seq: 1, content: "one" });
    }
  });

  it("does not push an entry to the connection that sent it, unless others are in the same frame", async () => {
    await send("one");
    await runPumps(world);
    expect(world.sentTo("a")).to.deep.equal([]);
    await send("two", "a");
    await send("three", "b");
    await runPumps(world);
    expect(seqsOf("a")).to.deep.equal([2, 3]);
  });

  it("gets what has gathered in one frame, in order", async () => {
    for (let at = 1; at <= 20; at++) await send(`${at}`, MEMBERS[at % 5]);
    const [report] = await runPumps(world);
    for (const member of MEMBERS) {
      const frames = world.sentTo(member);
      expect(frames).to.have.lengthOf(1);
      expect(frames[0]).to.include({ type: "entries", conversation: ROOM });
      expect(entriesIn(frames).map(({ content }) => content)).to.deep.equal(
        Array.from({ length: 20 }, (_, at) => `${at + 1}`),
      );
    }
    expect(report).to.include({ posted: 5, framesPerMessage: 1 / 20 });
  });

  it("gets frames that are one billed message each, and a larger entry alone", async () => {
    const sizes = [12_000, 12_000, 12_000, 31_000, 2_000, 100];
    for (const [at, size] of sizes.entries()) await send("x".repeat(size), "a", `m${at}`);
    await runPumps(world);
    const frames = world.sentTo("b");
    for (const frame of frames) expect(Buffer.byteLength(JSON.stringify(frame))).to.be.at.most(LIMITS.pushBytes);
    expect(frames.map((frame) => entriesIn([frame]).map(({ seq }) => seq))).to.deep.equal([[1, 2], [3], [4], [5, 6]]);
  });

  it("is shown in other dialects entry by entry, in order, and not to the sender's own connection", async () => {
    await enter("w", "walkthrough");
    await enter("n", "names");
    for (const member of ["w", "n"]) world.sentTo(member);
    for (let at = 1; at <= 3; at++) await send(`${at}`);
    await world.say("w", { action: "sendMessage", to: { room: "general" }, content: "mine", id: "w" });
    await runPumps(world);
    expect(world.sentTo("w").map(({ message }) => message)).to.deep.equal(["1", "2", "3"]);
    expect(world.sentTo("n")).to.deep.equal([]);
    expect(seqsOf("b")).to.deep.equal([1, 2, 3, 4]);
  });

  it("is looked at no further than to see that it is large", async () => {
    const asked: unknown[] = [];
    const limited = world.instance(async (call, make) => {
      asked.push(call);
      return make();
    });
    await limited.say("a", { action: "sendMessage", to: { room: "general" }, content: "hi" });
    expect(asked.filter((call) => call === "QueryCommand")).to.have.lengthOf(1);
    expect((await world.ports.memberships.atMost(ROOM, 4)).members).to.have.lengthOf(4);
  });

  it("larger than signalsAudienceLimit, too, is not told who comes, goes, types or reads", async () => {
    await enter("f");
    await world.say("f", { action: "typing", to: { room: "general" } });
    await send("one");
    await world.say("b", { action: "receipt", conversation: ROOM, seq: 1, kind: "read" });
    await world.say("f", { action: "leaveRoom", room: "general" });
    expect(world.sentTo("a")).to.deep.equal([]);
  });

  describe("while a pump is at it", () => {
    /** An instance that does something else first, once, before its first call of the kind. */
    const interrupted = (kind: (call: string, count: number) => boolean, first: () => Promise<unknown>) => {
      const counts = new Map<string, number>();
      let done = false;
      const around: Around = async (call, make) => {
        const count = (counts.get(call) ?? 0) + 1;
        counts.set(call, count);
        if (!done && kind(call, count)) {
          done = true;
          await first();
        }
        return make();
      };
      return world.instance(around);
    };

    it("starts no second one, and gets what came meanwhile from the first", async () => {
      await send("one");
      const [order] = world.orders.splice(0);
      const instance = interrupted(
        (call) => call === "Post",
        () => send("two"),
      );
      await pump(instance.ports, order as PumpOrder, pumpRun(world));
      expect(world.orders).to.deep.equal([]);
      expect(seqsOf("b")).to.deep.equal([1, 2]);
    });

    it("gets an entry that is stored just before the lease is given back", async () => {
      await send("one");
      const [order] = world.orders.splice(0);
      // take, note, free
      const instance = interrupted(
        (call, count) => call === "UpdateItemCommand" && count === 3,
        () => send("late"),
      );
      await pump(instance.ports, order as PumpOrder, pumpRun(world));
      expect(world.orders).to.deep.equal([]);
      expect(seqsOf("b")).to.deep.equal([1, 2]);
    });

    it("lets a second one go that was started all the same", async () => {
      await send("one");
      const [order] = world.orders.splice(0);
      let second: unknown;
      const instance = interrupted(
        (call) => call === "Post",
        async () => {
          second = (await runPump(world, order as PumpOrder)).end;
        },
      );
      await pump(instance.ports, order as PumpOrder, pumpRun(world));
      expect(second).to.equal("held");
      expect(seqsOf("b")).to.deep.equal([1]);
    });
  });

  it("that was small is not pushed again what it was shown then", async () => {
    await world.close();
    world = await openChatWorld({ directAudienceLimit: 3, signalsAudienceLimit: 3 });
    for (const member of ["a", "b", "c"]) await enter(member);
    for (let at = 1; at <= 15; at++) await send(`${at}`);
    await enter("d");
    for (const member of MEMBERS) world.sentTo(member);
    await send("large");
    await runPumps(world);
    expect(seqsOf("b")).to.deep.equal([16]);
    // small again, and large again
    await world.say("d", { action: "leaveRoom", room: "general" });
    world.sentTo("b");
    await send("small");
    expect(seqsOf("b")).to.deep.equal([17]);
    await enter("d");
    world.sentTo("b");
    await send("large again");
    await runPumps(world);
    expect(seqsOf("b")).to.deep.equal([18]);
  });

  it("that is small again before a pump comes is pushed the entry all the same for which it was asked", async () => {
    await send("while large");
    for (const member of ["d", "e"]) await world.say(member, { action: "leaveRoom", room: "general" });
    await send("while small");
    for (const member of MEMBERS) world.sentTo(member);
    await runPumps(world);
    expect(seqsOf("b")).to.include(1);
  });

  it("is pushed what several stored at once when it had just become large, whoever's pump comes first", async () => {
    for (let at = 1; at <= 5; at++) await send(`${at}`);
    world.orders.splice(0);
    await runPump(world, orderOf(5));
    await runPump(world, orderOf(1));
    expect(seqsOf("b")).to.deep.equal([1, 2, 3, 4, 5]);
  });

  describe("goes on", () => {
    it("when the pump's time is over: the next one is started, and goes on where it was", async () => {
      for (let at = 0; at < 2_100; at++) {
        await world.ports.memberships.add(ROOM, { connectionId: `x${at}`, userId: `x${at}`, dialect: "native" });
      }
      await send("one");
      const [order] = world.orders.splice(0);
      let posts = 0;
      const counting = world.instance(async (call, make) => {
        if (call === "Post") posts++;
        return make();
      });
      const report = await pump(
        counting.ports,
        order as PumpOrder,
        pumpRun(world, () => (posts < 1_500 ? 60_000 : 5_000)),
      );
      expect(report.end).to.equal("handed over");
      expect(world.orders).to.have.lengthOf(1);
      await runPumps(world);
      const twice: string[] = [];
      for (let at = 0; at < 2_100; at++) {
        const seqs = seqsOf(`x${at}`);
        expect(seqs[0], `x${at}`).to.equal(1);
        if (seqs.length > 1) twice.push(`x${at}`);
      }
      // the page that it was in the middle of
      expect(twice.length).to.be.lessThan(1_000);
    });

    it("without those who are gone, and forgets them", async () => {
      for (let at = 0; at < 20; at++) await enter(`g${at}`);
      for (let at = 0; at < 20; at += 2) world.make(`g${at}`, "gone");
      await send("one");
      const [report] = await runPumps(world);
      expect(report).to.include({ end: "done", gone: 10, posted: 14 });
      expect(await world.ports.memberships.audience(ROOM)).to.have.lengthOf(15);
      for (let at = 1; at < 20; at += 2) expect(seqsOf(`g${at}`)).to.deep.equal([1]);
    });

    it("past a member that is throttled, which is left alone for a while and sees by the seq what it missed", async () => {
      world.make("c", "throttled");
      await send("one");
      await runPumps(world);
      world.make("c", "sent");
      await send("two");
      const [report] = await runPumps(world);
      expect(report).to.include({ throttled: 0 });
      expect(seqsOf("b")).to.deep.equal([1, 2]);
      expect(seqsOf("c")).to.deep.equal([2]);
    });
  });
});
