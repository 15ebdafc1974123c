// Who comes, goes, types and reads in a large room: told by its pumps, few frames for everybody, and never at the cost of an entry.
import { expect } from "chai";
import { forgetConnection } from "#chat/forget-connection.ts";
import { pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import type { ChatWorld } from "#test/support/chat-world.ts";
import { entriesIn, pumpRun, retried, runPumps } from "#test/support/run-pumps.ts";
import { MEMBERS, ROOM, toRoom, useSignalledRoom } from "#test/support/signalled-room.ts";

describe("in a large room", function () {
  this.timeout(60_000);
  const room = useSignalledRoom();
  const { enter, openWorld, type, send, read, leave, toldTo, nextOrder } = room;

  it("who comes, goes, types, reads and takes a name is told to the others, by a pump", async () => {
    await enter("f");
    expect(room.world.orders).to.have.lengthOf(1);
    expect(room.world.sentTo("a")).to.deep.equal([]);
    await runPumps(room.world);
    expect(toldTo("a")).to.deep.equal([["join u-f"]]);
    expect(toldTo("f")).to.deep.equal([]);
    for (const [act, words] of [
      [() => type("b"), "typing u-b"],
      [() => room.world.say("b", { action: "setName", name: "Bob" }), "rename u-b"],
      [() => leave("f"), "leave u-f"],
    ] as const) {
      room.world.pass(5_000);
      await act();
      await runPumps(room.world);
      expect(toldTo("a"), words).to.deep.equal([[words]]);
    }
    await send("one", "c");
    await read("b", 1);
    await runPumps(room.world);
    expect(toldTo("a")).to.deep.equal([["entry 1", "read u-b"]]);
  });

  it("what comes at the same time is one frame", async () => {
    for (const member of ["b", "c", "d"]) await type(member);
    await leave("e");
    const reports = await runPumps(room.world);
    expect(toldTo("a")).to.deep.equal([["typing u-b", "typing u-c", "typing u-d", "leave u-e"]]);
    // one frame for each of the four who are left
    expect(reports.reduce((sum, { signalFrames }) => sum + signalFrames, 0)).to.equal(4);
  });

  it("what comes with a message goes in its frame; its sender is shown the rest alone", async () => {
    await type("b");
    await send("one", "c");
    await runPumps(room.world);
    expect(toldTo("a")).to.deep.equal([["entry 1", "typing u-b"]]);
    expect(toldTo("c")).to.deep.equal([["typing u-b"]]);
  });

  it("who has spoken is not said to type any more", async () => {
    await type("b");
    await send("one", "b");
    await runPumps(room.world);
    expect(toldTo("a")).to.deep.equal([["entry 1"]]);
  });

  it("a frame follows another after a second and a half: who comes in the meantime comes together, who goes again was never there", async () => {
    await enter("f");
    await runPumps(room.world);
    for (const id of MEMBERS) room.world.sentTo(id);
    await enter("g");
    await enter("h");
    const at = room.world.ports.clock.now();
    await leave("h");
    await enter("i");
    await runPumps(room.world);
    expect(toldTo("a")).to.deep.equal([["join u-g", "join u-i"]]);
    expect(room.world.ports.clock.now() - at).to.be.within(1_000, 3_500);
  });

  it("a thousand signs of life in ten seconds are some frames for each member", async () => {
    const others = MEMBERS.slice(1);
    let frames = 0;
    const startedAt = room.world.ports.clock.now();
    for (let tenth = 0; tenth < 100; tenth++) {
      for (const member of others) await type(member);
      const reports = await runPumps(room.world);
      frames += reports.reduce((sum, { signalFrames }) => sum + signalFrames, 0);
      room.world.pass(100);
    }
    const seconds = (room.world.ports.clock.now() - startedAt) / 1000;
    expect(frames).to.be.at.most(MEMBERS.length * (seconds / 1.5 + 2));
  });

  it("typing that comes late to a pump, or waits too long for it, is dropped", async () => {
    await type("b", 2_500);
    room.world.pass(600);
    await runPumps(room.world);
    expect(toldTo("a")).to.deep.equal([]);
    await type("c", 3_000);
    expect(room.world.orders).to.deep.equal([]);
  });

  it("typing is dropped for those whose post comes late, and the others have it", async () => {
    await type("b");
    await leave("e");
    const slow = room.world.instance(async (call, make) => {
      if (call === "Post") room.world.pass(1_200);
      return make();
    });
    await pump({ ...slow.ports, postConcurrency: 1 }, nextOrder(), pumpRun(room.world));
    const told = ["a", "b", "c", "d"].map((id) => toldTo(id)[0]?.join());
    // after 0, 1.2 and 2.4 s
    expect(told.filter((words) => words === "typing u-b,leave u-e")).to.have.lengthOf(3);
    expect(told.filter((words) => words === "leave u-e")).to.have.lengthOf(1);
  });

  describe("an entry", () => {
    /** Stored while the first of these signals is being posted. */
    const storedMeanwhile = async () => {
      await type("b");
      await type("c");
      let posts = 0;
      const instance = room.world.instance(async (call, make) => {
        if (call === "Post" && ++posts === 1) {
          await send("urgent", "a");
          room.world.pass(150);
        }
        return make();
      });
      const order = nextOrder();
      room.world.orders.splice(0);
      return pump({ ...instance.ports, postConcurrency: 1 }, order, pumpRun(room.world));
    };

    it("does not wait for signals that are being pushed: they stop, and go with it", async () => {
      expect(await storedMeanwhile()).to.include({ end: "done", signalFrames: 1 });
      expect(room.world.orders).to.deep.equal([]);
      const seen = MEMBERS.map((id) => toldTo(id));
      // one had the signals before, and has them again with the entry; who sent the entry has them alone
      expect(seen[0]?.at(-1)).to.deep.equal(["typing u-b", "typing u-c"]);
      for (const frames of seen.slice(1)) expect(frames.at(-1)).to.deep.equal(["entry 1", "typing u-b", "typing u-c"]);
      expect(seen.flat()).to.have.lengthOf(MEMBERS.length + 1);
    });

    it("goes at once to a member whose post of signals was throttled", async () => {
      await type("b");
      let isStored = false;
      const post: ChatWorld["ports"]["poster"]["post"] = async (connectionId, frame) => {
        if (connectionId === "d" && !isStored) {
          isStored = true;
          await send("one");
        }
        const isTyping = JSON.parse(frame).type === "typing";
        return connectionId === "c" && isTyping ? "throttled" : room.world.ports.poster.post(connectionId, frame);
      };
      const report = await pump(
        { ...room.world.ports, poster: { post }, postConcurrency: 1 },
        nextOrder(),
        pumpRun(room.world),
      );
      expect(report).to.include({ entries: 1, throttled: 0 });
      expect(toldTo("c")).to.deep.equal([["entry 1"]]);
    });

    it("is pushed to everybody when signals can be neither noted nor read", async () => {
      const broken = room.world.instance(async (call, make) => {
        if (call === "QueryCommand" && isOfSignals)
          throw Object.assign(new Error("no"), { name: "ThrottlingException" });
        return make();
      });
      let isOfSignals = false;
      const signals = {
        ...broken.ports.signals,
        after: async (...asked: Parameters<typeof broken.ports.signals.after>) => {
          isOfSignals = true;
          return broken.ports.signals.after(...asked).finally(() => {
            isOfSignals = false;
          });
        },
      };
      await send("one");
      await type("b");
      const report = await pump({ ...broken.ports, signals }, nextOrder(), pumpRun(room.world));
      expect(report).to.include({ end: "done", entries: 1, signals: 0 });
      expect(toldTo("b")).to.deep.equal([["entry 1"]]);
    });

    it("is left to its own pump by one that was asked for a signal", async () => {
      // shown directly while the room was small, after an entry whose pump has not come yet
      await send("large");
      const [order] = room.world.orders.splice(0);
      await room.world.ports.messages.append(draftOf("small"), undefined, 1);
      await room.world.ports.messages.noteLast(ROOM, 2, "directly");
      await type("b");
      await runPumps(room.world);
      expect(entriesIn(room.world.sentTo("c")).map(({ seq }) => seq)).to.deep.equal([]);
      await retried(room.world, order as PumpOrder);
      expect(entriesIn(room.world.sentTo("c")).map(({ seq }) => seq)).to.include(1);
    });

    it("of long ago is not pushed to a shard that is new, when a signal asks for its first pump", async () => {
      for (let at = 1; at <= 15; at++) await send(`${at}`);
      await runPumps(room.world);
      await type("b");
      const report = await pump(room.world.ports, { ...nextOrder(), shard: 1 }, pumpRun(room.world));
      expect(report.entries).to.be.at.most(10);
    });

    it("of long ago is not pushed again by the first pump that a signal asks for", async () => {
      await room.world.close();
      await openWorld({ directAudienceLimit: 10 });
      for (let at = 1; at <= 15; at++) await send(`${at}`);
      for (const member of MEMBERS) room.world.sentTo(member);
      const large = room.world.instance(undefined, { directAudienceLimit: 3 });
      await large.say("b", { action: "typing", to: toRoom });
      expect(room.world.orders).to.have.lengthOf(1);
      await pump(large.ports, nextOrder(), pumpRun(room.world));
      expect(toldTo("a")).to.deep.equal([["typing u-b"]]);
    });
  });

  describe("a user with several devices", () => {
    it("comes with the first and goes with the last", async () => {
      await enter("f1", "u-f");
      await enter("f2", "u-f");
      await leave("f1");
      room.world.pass(5_000);
      await runPumps(room.world);
      expect(toldTo("a")).to.deep.equal([["join u-f"]]);
      room.world.pass(5_000);
      await forgetConnection(room.world.ports, "f2");
      await runPumps(room.world);
      expect(toldTo("a")).to.deep.equal([["leave u-f"]]);
    });

    it("who come at the same moment is told once", async () => {
      for (const id of ["f1", "f2"]) await room.world.open(id, { userId: "u-f", dialect: "native" });
      await Promise.all(["f1", "f2"].map((id) => room.world.say(id, { action: "joinRoom", room: "general" })));
      await runPumps(room.world);
      expect(toldTo("a").flat()).to.deep.equal(["join u-f"]);
    });
  });

  it("who is found gone by a pump has left, and the others are told in its next frame", async () => {
    room.world.make("e", "gone");
    await type("b");
    await runPumps(room.world);
    expect(toldTo("a")).to.deep.equal([["typing u-b"], ["leave u-e"]]);
  });

  it("members are counted once in a while, not for each sign of life", async () => {
    const calls: string[] = [];
    const instance = room.world.instance(async (call, make) => {
      calls.push(call);
      return make();
    });
    for (const member of ["a", "b", "c", "d"]) await instance.say(member, { action: "typing", to: toRoom });
    expect(calls.filter((call) => call === "QueryCommand")).to.have.lengthOf(1);
    expect(calls.filter((call) => call === "PutItemCommand")).to.have.lengthOf(4);
  });

  it("that is larger than signalsAudienceLimit nobody is told, and nothing is noted or asked for", async () => {
    await room.world.close();
    await openWorld({ signalsAudienceLimit: 4 });
    room.world.pass(30_000);
    const calls: string[] = [];
    const instance = room.world.instance(async (call, make) => {
      calls.push(call);
      return make();
    });
    for (const member of ["a", "b"]) await instance.say(member, { action: "typing", to: toRoom });
    await enter("f");
    await leave("e");
    expect(calls).not.to.include("PutItemCommand");
    expect(room.world.orders).to.deep.equal([]);
  });

  it("that has grown meanwhile members beyond signalsAudienceLimit are not posted to for a signal alone", async () => {
    await type("b");
    const report = await pump({ ...room.world.ports, signalsAudienceLimit: 4 }, nextOrder(), pumpRun(room.world));
    expect(report).to.include({ end: "done", signalFrames: 0 });
    expect(room.world.orders).to.deep.equal([]);
  });
});

function draftOf(content: string) {
  const sentAt = new Date().toISOString();
  return { type: "message", conversation: ROOM, id: content, sender: { id: "u-a" }, sentAt, content } as const;
}
