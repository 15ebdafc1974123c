// The guarantees of docs/protocol.md, each with a test that tries to break it.
import { expect } from "chai";
import { forgetConnection } from "#chat/forget-connection.ts";
import type { Ack, Entry } from "#protocol/messages.ts";
import { type Answer, type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { atEveryKill, runUntilKilled } from "#test/support/killed-function.ts";
import { entriesIn, runPumps } from "#test/support/run-pumps.ts";

const ROOM = "room:general";
const toRoom = { room: "general" };

describe("guaranteed:", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  const enter = async (connectionId: string, userId: string, room = "general") => {
    await world.open(connectionId, { userId, dialect: "native" });
    await world.say(connectionId, { action: "joinRoom", room });
  };
  const stored = async (conversation = ROOM): Promise<readonly Entry[]> =>
    (await world.ports.messages.page(conversation, { limit: 100, after: 0 })).entries;
  const expectGapFree = (entries: readonly Entry[]) =>
    expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, at) => at + 1));

  describe("killed between any two calls, a send", () => {
    for (const [name, to, conversation] of [
      ["to a room", toRoom, ROOM],
      ["to a user", { user: "u2" }, "direct:u1#u2"],
    ] as const) {
      it(`${name} is stored once when it is tried again, under one seq, and no seq is left out`, async () => {
        await enter("c1", "u1");
        await enter("c2", "u2");
        const acks: Answer[] = [];
        const send = (connectionId: string, id: string) => ({
          action: "sendMessage",
          to: connectionId === "c2" && conversation !== ROOM ? { user: "u1" } : to,
          content: `content of ${id}`,
          id,
        });
        const kills = await atEveryKill(async (kill) => {
          const id = `${kill.at} ${kill.moment}`;
          const killed = await runUntilKilled(world, kill, async (instance) => {
            acks.push(await instance.say("c1", send("c1", id)));
          });
          // somebody else goes on in between
          acks.push(await world.say("c2", send("c2", `after ${id}`)));
          const first = await world.say("c1", send("c1", id));
          expect(await world.say("c1", send("c1", id))).to.deep.equal(first);
          acks.push(first);
          return killed;
        });
        expect(kills, "places to be killed at").to.be.greaterThan(10);
        const entries = await stored(conversation);
        expectGapFree(entries);
        expect(new Set(entries.map(({ id }) => id)).size).to.equal(entries.length);
        for (const ack of acks) {
          const { seq, id } = ack as unknown as Entry;
          expect(entries[seq - 1], `acknowledged ${id}`).to.include({ id });
        }
      });
    }

    it("is found by who comes back, whether it was pushed or not", async () => {
      await enter("c1", "u1");
      await enter("c2", "u2");
      await atEveryKill(async (kill) => {
        world.sentTo("c2");
        const after = await world.ports.messages.lastSeq(ROOM);
        const frame = { action: "sendMessage", to: toRoom, content: "hi", id: `${kill.at} ${kill.moment}` };
        const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", frame));
        const pushed = world.sentTo("c2").map(({ seq }) => seq);
        const resumed = await world.say("c2", { action: "resume", conversations: [{ conversation: ROOM, after }] });
        const [{ entries, recovered }] = (resumed as { conversations: [{ entries: Entry[]; recovered: boolean }] })
          .conversations;
        expect(recovered).to.equal(true);
        // what was pushed is stored: never the other way round
        expect(entries.map(({ seq }) => seq)).to.include.members(pushed as number[]);
        return killed;
      });
    });
  });

  it("a send to a small room killed anywhere is shown when it is tried again, if it was not before", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    let seq = 0;
    let shownByRetries = 0;
    await atEveryKill(async (kill) => {
      const id = `${kill.at} ${kill.moment}`;
      const send = { action: "sendMessage", to: toRoom, content: id, id };
      world.sentTo("c2");
      const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", send));
      const before = world.sentTo("c2");
      world.pass(2_500);
      expect(await world.say("c1", send)).to.include({ type: "ack", seq: ++seq });
      const after = world.sentTo("c2");
      if (killed && before.length === 0) shownByRetries++;
      expect(after.length === 1 || before.length === 1, `shown, killed ${id}`).to.equal(true);
      for (const frame of [...before, ...after]) expect(frame).to.include({ type: "message", seq, content: id });
      expect(await world.say("c1", send)).to.include({ seq });
      expect(world.sentTo("c2"), "shown for good").to.deep.equal([]);
      return killed;
    });
    expect(shownByRetries).to.be.greaterThan(5);
  });

  for (const [where, to, conversation] of [
    ["to a room", toRoom, ROOM],
    ["to a user", { user: "u2" }, "direct:u1#u2"],
    ["to everybody", { everyone: true }, "lobby"],
  ] as const) {
    for (const afterMs of [0, 500, 12_000]) {
      it(`a send ${where} killed anywhere and tried again ${afterMs} ms later is shown to who is here, and found by who comes back`, async () => {
        await enter("c1", "u1");
        await enter("c2", "u2");
        let seq = 0;
        await atEveryKill(async (kill) => {
          const id = `${kill.at} ${kill.moment}`;
          const send = { action: "sendMessage", to, content: id, id };
          world.sentTo("c2");
          const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", send));
          world.pass(afterMs);
          expect(await world.say("c1", send)).to.include({ type: "ack", seq: ++seq });
          const shown = world.sentTo("c2").filter(({ type }) => type === "message");
          expect(shown.length, `shown, killed ${id}`).to.be.within(1, 2);
          for (const frame of shown) expect(frame).to.include({ conversation, seq, content: id });
          const { conversations } = (await world.say("c2", { action: "conversations" })) as Ack<"conversations">;
          expect(conversations, `listed, killed ${id}`).to.deep.include({ conversation, seq });
          expect(await world.say("c1", send)).to.include({ seq });
          expect(world.sentTo("c2"), "shown for good").to.deep.equal([]);
          return killed;
        });
      });
    }
  }

  it("a send to a large room killed anywhere and tried again is pushed by the pumps, and found by who comes back", async () => {
    await world.close();
    world = await openChatWorld({ directAudienceLimit: 1 });
    await enter("c1", "u1");
    await enter("c2", "u2");
    let seq = 0;
    await atEveryKill(async (kill) => {
      const id = `${kill.at} ${kill.moment}`;
      const send = { action: "sendMessage", to: toRoom, content: id, id };
      await runPumps(world);
      world.sentTo("c2");
      const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", send));
      expect(await world.say("c1", send)).to.include({ type: "ack", seq: ++seq });
      const { conversations } = (await world.say("c2", { action: "conversations" })) as Ack<"conversations">;
      expect(conversations, `listed, killed ${id}`).to.deep.include({ conversation: ROOM, seq });
      await runPumps(world);
      expect(entriesIn(world.sentTo("c2")).map((entry) => entry.seq)).to.deep.equal([seq]);
      return killed;
    });
  });

  it("a send killed while its pushes are under way is shown when it is tried again", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    for (const to of [toRoom, { user: "u2" }, { everyone: true }]) {
      world.sentTo("c2");
      const send = { action: "sendMessage", to, content: "under way", id: "m1" };
      const pushing = new Promise<void>((resolve) => {
        const stuck = world.instance(async (call, make) => {
          if (call !== "Post") return make();
          resolve();
          return new Promise(() => {});
        });
        void stuck.say("c1", send);
      });
      await pushing;
      // whatever it does beside is done
      for (let times = 0; times < 20; times++) await world.say("c2", { action: "members", room: "general" });
      world.pass(12_000);
      await world.say("c1", send);
      expect(world.sentTo("c2"), JSON.stringify(to)).to.have.lengthOf(1);
    }
  });

  it("a send that was shown but slow to say so is shown once when it is tried again meanwhile", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    for (const to of [toRoom, { user: "u2" }]) {
      world.sentTo("c2");
      const send = { action: "sendMessage", to, content: "once", id: "once" };
      let repeated: Promise<unknown> | undefined;
      const slow = world.instance(async (call, make) => {
        const answer = await make();
        // the other run has looked for some time when this one goes on
        if (call === "Post") repeated = world.say("c1", send);
        return answer;
      });
      const first = await slow.say("c1", send);
      expect(await repeated).to.deep.equal(first);
      expect(world.sentTo("c2")).to.have.lengthOf(1);
    }
  });

  it("a send makes five calls, four of them before it is shown", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    const calls: string[] = [];
    const counted = world.instance((call, make) => {
      calls.push(call);
      return make();
    });
    // from now on the instance knows whose connection it is
    await counted.say("c1", { action: "ping" });
    calls.length = 0;
    await counted.say("c1", { action: "sendMessage", to: toRoom, content: "hi", id: "m1" });
    expect(calls.indexOf("Post"), calls.join()).to.equal(4);
    expect(calls.filter((call) => call !== "Post")).to.have.lengthOf(5);
  });

  it("a message tried again while it is being shown, or after that, is shown once", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    world.sentTo("c2");
    const send = { action: "sendMessage", to: toRoom, content: "once", id: "once" };
    await Promise.all([1, 2, 3].map(() => world.instance().say("c1", send)));
    world.pass(60_000);
    await world.say("c1", send);
    expect(world.sentTo("c2")).to.have.lengthOf(1);
  });

  it("an edit or deletion killed anywhere is complete when it is tried again", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    let at = 0;
    await atEveryKill(async (kill) => {
      at += 1;
      const { seq } = (await world.say("c1", {
        action: "sendMessage",
        to: toRoom,
        content: "old",
      })) as unknown as Entry;
      const edit = { action: "editMessage", conversation: ROOM, of: seq, content: "new", id: `e${at}` };
      const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", edit));
      expect(await world.say("c1", edit)).to.include({ type: "ack" });
      expect(await world.ports.messages.entry(ROOM, seq)).to.include({ content: "new" });
      const deletion = { action: "deleteMessage", conversation: ROOM, of: seq, id: `d${at}` };
      const killedToo = await runUntilKilled(world, kill, (instance) => instance.say("c1", deletion));
      expect(await world.say("c1", deletion)).to.include({ type: "ack" });
      expect(await world.ports.messages.entry(ROOM, seq))
        .to.include({ content: "" })
        .and.to.have.property("deletedAt");
      return killed || killedToo;
    });
    expectGapFree(await stored());
  });

  it("a join killed anywhere can be tried again, and who is gone is nowhere left", async () => {
    await enter("c1", "u1");
    await atEveryKill(async (kill) => {
      const id = `j ${kill.at} ${kill.moment}`;
      await world.open(id, { userId: id, dialect: "native" });
      const join = { action: "joinRoom", room: "general" };
      const killed = await runUntilKilled(world, kill, (instance) => instance.say(id, join));
      expect(await world.say(id, join)).to.include({ type: "ack" });
      expect((await world.connection(id)).conversations).to.include(ROOM);
      await forgetConnection(world.ports, id);
      return killed;
    });
    expect(await world.ports.memberships.audience(ROOM)).to.have.lengthOf(1);
  });

  for (const shards of [1, 3]) {
    it(`coming and going killed anywhere is told to the others when it is tried again (${shards} shards)`, async () => {
      await world.close();
      world = await openChatWorld({ shards });
      await enter("c1", "u1");
      const told = () => world.sentTo("c1").flatMap(({ type, event }) => (type === "presence" ? [event] : []));
      const killed = { joinRoom: true, leaveRoom: true };
      await atEveryKill(async (kill) => {
        const id = `p ${kill.at} ${kill.moment}`;
        await world.open(id, { userId: id, dialect: "native" });
        for (const [action, event] of [
          ["joinRoom", "join"],
          ["leaveRoom", "leave"],
        ] as const) {
          const frame = { action, room: "general" };
          killed[action] &&= await runUntilKilled(world, kill, (instance) => instance.say(id, frame));
          world.pass(10_000);
          expect(await world.say(id, frame)).to.include({ type: "ack" });
          const events = told();
          expect(new Set(events), `told, ${action} killed ${id}`).to.deep.equal(new Set([event]));
          expect(events.length).to.be.within(1, 2);
          expect(await world.say(id, frame)).to.include({ type: "ack" });
          expect(told(), "told for good").to.deep.equal([]);
        }
        return killed.joinRoom || killed.leaveRoom;
      });
    });
  }

  it("joining again later tells nobody, whichever instance is asked", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    world.pass(61_000);
    world.sentTo("c1");
    for (const instance of [world, world.instance()]) await instance.say("c2", { action: "joinRoom", room: "general" });
    expect(world.sentTo("c1")).to.deep.equal([]);
  });

  it("of a user's two devices the first to come tells it when it is tried again", async () => {
    await enter("c1", "u1");
    await world.open("c2", { userId: "u2", dialect: "native" });
    await runUntilKilled(world, { at: 6, moment: "before" }, (instance) =>
      instance.say("c2", { action: "joinRoom", room: "general" }),
    );
    world.pass(1_000);
    await enter("c3", "u2");
    world.sentTo("c1");
    await world.say("c2", { action: "joinRoom", room: "general" });
    expect(world.sentTo("c1")).to.deep.equal([
      { type: "presence", conversation: ROOM, event: "join", user: { id: "u2" } },
    ]);
  });

  it("a $disconnect killed anywhere leaves nothing behind when the next one comes, or a post finds out", async () => {
    await enter("c1", "u1");
    await atEveryKill(async (kill) => {
      const id = `g ${kill.at} ${kill.moment}`;
      await enter(id, id);
      const killed = await runUntilKilled(world, kill, ({ ports }) => forgetConnection(ports, id));
      world.make(id, "gone");
      await world.say("c1", { action: "sendMessage", to: toRoom, content: "anyone?" });
      expect((await world.ports.memberships.audience(ROOM)).map(({ userId }) => userId)).to.deep.equal(["u1"]);
      return killed;
    });
  });

  it("a $disconnect killed anywhere is told to the others, at the latest by a post half a minute later", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    await atEveryKill(async (kill) => {
      const id = `d ${kill.at} ${kill.moment}`;
      await enter(id, id);
      world.sentTo("c2");
      const killed = await runUntilKilled(world, kill, ({ ports }) => forgetConnection(ports, id));
      world.make(id, "gone");
      const send = () => world.say("c1", { action: "sendMessage", to: toRoom, content: "anyone?" });
      await send();
      world.pass(31_000);
      await send();
      const left = world.sentTo("c2").filter(({ type }) => type === "presence");
      expect(left.length, `told, killed ${id}`).to.be.within(1, 2);
      for (const frame of left) expect(frame).to.deep.include({ event: "leave", user: { id } });
      world.pass(31_000);
      await send();
      expect(world.sentTo("c2").filter(({ type }) => type === "presence")).to.deep.equal([]);
      return killed;
    });
  });

  it("50 senders at once: every member ends with the same gap-free order", async () => {
    const members = Array.from({ length: 50 }, (_, at) => `m${at}`);
    for (const member of members) await enter(member, member);
    for (const member of members) world.sentTo(member);
    const acks = await Promise.all(
      members.map((member) => world.say(member, { action: "sendMessage", to: toRoom, content: `by ${member}` })),
    );
    const entries = await stored();
    expect(entries).to.have.lengthOf(50);
    expectGapFree(entries);
    const order = entries.map((entry) => ("content" in entry ? entry.content : ""));
    members.forEach((member, at) => {
      const seen = world.sentTo(member).map(({ seq, content }) => [seq, content] as [number, string]);
      seen.push([acks[at]?.seq as number, `by ${member}`]);
      expect(
        seen.sort(([a], [b]) => a - b).map(([, content]) => content),
        member,
      ).to.deep.equal(order);
    });
  });

  it("a client that comes back gets exactly the missing range, over as many answers as it takes", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2", "other");
    await world.say("c2", { action: "joinRoom", room: "general" });
    for (let at = 1; at <= 130; at++) {
      await world.say("c1", { action: "sendMessage", to: toRoom, content: `${at}` });
      world.pass(100);
    }
    const got: number[] = [];
    for (let after = 17; ; ) {
      const answer = await world.say("c2", { action: "resume", conversations: [{ conversation: ROOM, after }] });
      const [part] = (
        answer as { conversations: [{ entries: Entry[]; more: boolean; recovered: boolean; seq: number }] }
      ).conversations;
      expect(part).to.include({ recovered: true, seq: 130 });
      got.push(...part.entries.map(({ seq }) => seq));
      after = got.at(-1) ?? after;
      if (!part.more) break;
    }
    expect(got).to.deep.equal(Array.from({ length: 113 }, (_, at) => at + 18));
  });

  it("a client is told when it cannot be brought up to date: retention has passed, or the server knows less than it", async () => {
    await world.close();
    world = await openChatWorld({ retentionDays: 1 });
    await enter("c1", "u1");
    for (const content of ["a", "b"]) await world.say("c1", { action: "sendMessage", to: toRoom, content });
    world.pass(2 * 86_400_000);
    await enter("c2", "u2");
    await world.say("c2", { action: "sendMessage", to: toRoom, content: "c" });
    const resume = async (after: number) => {
      const answer = await world.say("c2", { action: "resume", conversations: [{ conversation: ROOM, after }] });
      return (answer as { conversations: [Record<string, unknown>] }).conversations[0];
    };
    expect(await resume(1)).to.include({ recovered: false, seq: 3 });
    expect(await resume(2)).to.include({ recovered: true, seq: 3 });
    expect(await resume(3)).to.include({ recovered: true, seq: 3 });
    expect(await resume(9)).to.include({ recovered: false, seq: 3 });
  });

  it("several conversations in one resume share one answer, none of them cut off in silence", async () => {
    await enter("c1", "u1", "one");
    await world.say("c1", { action: "joinRoom", room: "two" });
    for (const room of ["one", "two"]) {
      for (let at = 0; at < 4; at++) {
        await world.say("c1", { action: "sendMessage", to: { room }, content: "x".repeat(30_000) });
      }
    }
    const conversations = ["room:one", "room:two"].map((conversation) => ({ conversation, after: 0 }));
    const answer = (await world.say("c1", { action: "resume", conversations })) as {
      conversations: { entries: Entry[]; more: boolean }[];
    };
    expect(Buffer.byteLength(JSON.stringify(answer))).to.be.lessThan(128 * 1024);
    expect(answer.conversations.map(({ entries, more }) => [entries.length, more])).to.deep.equal([
      [3, true],
      [0, true],
    ]);
  });

  it("without $disconnect, presence and audience become right with the next message", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    await enter("c3", "u3");
    for (const id of ["c1", "c2", "c3"]) world.sentTo(id);
    world.make("c2", "gone");
    await world.say("c1", { action: "sendMessage", to: toRoom, content: "hi" });
    const left = { type: "presence", conversation: ROOM, event: "leave", user: { id: "u2" } };
    expect(world.sentTo("c1")).to.deep.equal([left]);
    expect(world.sentTo("c3")).to.deep.include(left);
    expect(await world.say("c1", { action: "members", room: "general" })).to.deep.include({
      members: [{ id: "u1" }, { id: "u3" }],
    });
    // and the user's devices: nothing is posted to the dead one again
    await world.say("c1", { action: "sendMessage", to: { user: "u2" }, content: "there?" });
    expect((await world.ports.snapshots.read({ users: ["u2"] })).devices("u2")).to.deep.equal([]);
  });

  it("an identity in a body counts for nothing: the connection's does", async () => {
    await enter("c1", "u1");
    await enter("c2", "u2");
    world.sentTo("c2");
    await world.say("c1", {
      action: "sendMessage",
      to: toRoom,
      content: "hi",
      sender: { id: "admin" },
      senderId: "admin",
      userId: "admin",
    });
    expect(world.sentTo("c2")[0]).to.deep.include({ sender: { id: "u1" } });
  });
});
