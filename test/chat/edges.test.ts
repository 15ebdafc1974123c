// Where two things happen at once, or somebody tries what they may not.
import { expect } from "chai";
import { answerCommand } from "#chat/answer-command.ts";
import { forgetConnection } from "#chat/forget-connection.ts";
import type { Command } from "#protocol/dialects/dialect.ts";
import type { Ack, Entry } from "#protocol/messages.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { runUntilKilled } from "#test/support/killed-function.ts";

const ROOM = "room:general";

describe("at the edges", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  const native = async (connectionId: string, userId = connectionId) => {
    await world.open(connectionId, { userId, dialect: "native" });
  };
  const join = (connectionId: string) => world.say(connectionId, { action: "joinRoom", room: "general" });

  it("what nothing answers is not acknowledged", async () => {
    await native("ann");
    const caller = await world.connection("ann");
    const snapshot = await world.ports.snapshots.read({});
    const command = { action: "fly" } as unknown as Command;
    const answer = Promise.resolve().then(() => answerCommand(world.ports, caller, command, snapshot, 0));
    expect(await answer.catch((error: Error) => error.message)).to.equal('Nothing answers "fly"');
  });

  describe("who comes and goes at the same time", () => {
    it("sees everybody, by the answer and what is pushed together", async () => {
      const people = Array.from({ length: 12 }, (_, at) => `p${String(at).padStart(2, "0")}`);
      for (const id of people) await native(id);
      const acks = (await Promise.all(people.map(join))) as unknown as Ack<"joinRoom">[];
      people.forEach((id, at) => {
        const seen = new Set(acks[at]?.members.map((member) => member.id));
        for (const frame of world.sentTo(id)) if (frame.event === "join") seen.add((frame.user as { id: string }).id);
        expect([...seen].sort(), id).to.deep.equal(people);
      });
    });

    it("with two tabs, is told of at least once, and stays while one tab does", async () => {
      await native("watcher");
      await join("watcher");
      for (let run = 0; run < 10; run++) {
        const tabs = [`a${run}`, `b${run}`];
        for (const tab of tabs) await native(tab, `user ${run}`);
        world.sentTo("watcher");
        await Promise.all(tabs.map(join));
        const told = world.sentTo("watcher").filter(({ event }) => event === "join");
        expect(told, `run ${run}`).to.have.lengthOf.within(1, 2);
        await Promise.all([
          world.say(tabs[0] ?? "", { action: "leaveRoom", room: "general" }),
          world.say(tabs[1] ?? "", { action: "typing", to: { room: "general" } }),
        ]);
        expect(world.sentTo("watcher").filter(({ event }) => event === "leave")).to.deep.equal([]);
      }
    });

    it("with a second tab right after the first, is told of once, whatever their ids", async () => {
      await native("watcher");
      await join("watcher");
      for (const tab of ["z", "a"]) {
        await native(tab, "somebody");
        await join(tab);
        world.pass(5);
      }
      expect(world.sentTo("watcher").filter(({ event }) => event === "join")).to.have.lengthOf(1);
    });

    it("leaving and joining at the same moment, is in the room or is not, for everybody", async () => {
      await native("watcher");
      await join("watcher");
      for (let run = 0; run < 25; run++) {
        const id = `c${run}`;
        await native(id);
        await join(id);
        await Promise.all([world.say(id, { action: "leaveRoom", room: "general" }), join(id)]);
        const listed = (await world.ports.memberships.audience(ROOM)).some(({ connectionId }) => connectionId === id);
        expect(listed, `run ${run}`).to.equal((await world.connection(id)).conversations.includes(ROOM));
      }
    });

    for (const [slow, quick] of [
      ["leaveRoom", "joinRoom"],
      ["joinRoom", "leaveRoom"],
    ] as const) {
      it(`is in the room or is not, whenever a ${quick} comes during a ${slow}`, async () => {
        await native("watcher");
        await join("watcher");
        let calls = Number.POSITIVE_INFINITY;
        for (let at = 1; at <= calls; at++) {
          const id = `${slow} ${at}`;
          await native(id);
          if (slow === "leaveRoom") await join(id);
          world.sentTo("watcher");
          calls = 0;
          const interrupted = world.instance(async (_call, make) => {
            if (++calls === at) await world.instance().say(id, { action: quick, room: "general" });
            return make();
          });
          await interrupted.say(id, { action: slow, room: "general" });
          const listed = (await world.ports.memberships.audience(ROOM)).some(({ connectionId }) => connectionId === id);
          expect(listed, id).to.equal((await world.connection(id)).conversations.includes(ROOM));
          const last = world.sentTo("watcher").findLast(({ type }) => type === "presence");
          if (slow === "leaveRoom") expect(last?.event ?? "join", id).to.equal(listed ? "join" : "leave");
          await forgetConnection(world.ports, id);
        }
        expect(calls).to.be.greaterThan(5);
      });
    }

    it("one tab leaving while another joins, the last word is that the user is there", async () => {
      await native("watcher");
      await join("watcher");
      for (let run = 0; run < 20; run++) {
        await native(`a${run}`, `user ${run}`);
        await native(`b${run}`, `user ${run}`);
        await join(`a${run}`);
        world.sentTo("watcher");
        await Promise.all([world.say(`a${run}`, { action: "leaveRoom", room: "general" }), join(`b${run}`)]);
        const last = world.sentTo("watcher").at(-1);
        expect(last === undefined || last.event === "join", `run ${run}: ${JSON.stringify(last)}`).to.equal(true);
      }
    });
  });

  it("a connection that is only being made is not taken for one that is gone", async () => {
    await native("speaker");
    await native("newborn");
    world.make("newborn", "gone");
    await world.say("speaker", { action: "sendMessage", to: { everyone: true }, content: "hi" });
    await world.say("speaker", { action: "sendMessage", to: { user: "newborn" }, content: "hi" });
    expect(await world.say("newborn", { action: "whoami" })).to.include({ type: "ack" });
    world.pass(11_000);
    await world.say("speaker", { action: "sendMessage", to: { everyone: true }, content: "still there?" });
    expect(await world.say("newborn", { action: "whoami" })).to.include({ code: "not_connected" });
  });

  describe("MessageAI", () => {
    const send = (id: string) => ({
      action: "sendMessage",
      messageId: id,
      conversationId: "conv",
      senderId: "ann",
      senderName: "Ann",
      recipientId: "bob",
      content: `content of ${id}`,
      timestamp: "2026-11-20T10:00:00Z",
    });

    for (const here of [true, false]) {
      it(`killed anywhere and sent again, what is called delivered was shown, the rest is caught up (recipient ${here ? "here" : "away"})`, async () => {
        await world.open("a", { userId: "ann", dialect: "message-ai" });
        let bobs = 0;
        const shown = async () => {
          const bob = `bob ${bobs++}`;
          await world.open(bob, { userId: "bob", dialect: "message-ai" });
          return bob;
        };
        for (let at = 1, going = true; going; at++) {
          for (const moment of ["before", "after"] as const) {
            if (!going) break;
            const bob = here ? await shown() : undefined;
            const id = `${here} ${at} ${moment}`;
            going = await runUntilKilled(world, { at, moment }, (instance) => instance.say("a", send(id)));
            const status = (await world.say("a", send(id))) as { data: { status: string } };
            const pushed = bob ? world.sentTo(bob) : [];
            const later = await shown();
            await world.say(later, { action: "catchUp", userId: "bob" });
            const caughtUp = world.sentTo(later);
            const seen = [...pushed, ...caughtUp].filter(
              (frame) => (frame.data as { messageId?: string }).messageId === id,
            );
            expect(seen, `${id}: ${status.data.status}`).not.to.deep.equal([]);
            if (status.data.status === "delivered") expect(pushed, id).not.to.deep.equal([]);
            for (const gone of [bob, later]) if (gone) await world.ports.connections.remove(gone, "bob");
          }
        }
      });
    }

    const group = (sender: string, recipientIds: string[], id: string) => ({
      ...send(id),
      senderId: sender,
      conversationId: "G",
      isGroupChat: true,
      recipientIds,
      content: `secret of ${id}`,
    });

    it("only who is in a group may write to it, and who is added may read it", async () => {
      for (const user of ["ann", "bob", "eve", "cid"])
        await world.open(user, { userId: `${user}-id`, dialect: "message-ai" });
      expect(await world.say("ann", group("ann-id", ["bob-id"], "g1"))).to.have.nested.property(
        "data.status",
        "delivered",
      );
      expect(await world.say("eve", group("eve-id", ["off-id"], "g2"))).to.include({ code: "not_a_member" });
      const read = { action: "getMessages", conversation: "group:G", requestId: "r" };
      for (const outsider of ["eve", "cid"])
        expect(await world.say(outsider, read)).to.include({ code: "not_a_member" });
      expect(
        await world.say("eve", { action: "resume", conversations: [{ conversation: "group:G", after: 0 }] }),
      ).to.include({
        code: "not_a_member",
      });
      await world.say("bob", group("bob-id", ["ann-id", "cid-id"], "g3"));
      expect(await world.say("cid", read)).to.include({ type: "ack", seq: 2 });
    });
  });

  it("nobody resumes what they may not read", async () => {
    for (const id of ["c1", "c2", "c3"]) await native(id);
    await join("c1");
    await world.say("c1", { action: "sendMessage", to: { room: "general" }, content: "hi" });
    await world.say("c1", { action: "sendMessage", to: { user: "c2" }, content: "psst" });
    for (const conversation of [ROOM, "direct:c1#c2"]) {
      const answer = await world.say("c3", { action: "resume", conversations: [{ conversation, after: 0 }] });
      expect(answer, conversation).to.include({ code: "not_a_member" });
    }
  });

  it("a joiner misses nothing that is said while they join", async () => {
    await native("c1");
    await join("c1");
    for (let run = 0; run < 15; run++) {
      const joiner = `j${run}`;
      await native(joiner);
      const [, ack] = await Promise.all([
        world.say("c1", { action: "sendMessage", to: { room: "general" }, content: `m${run}` }),
        join(joiner),
      ]);
      const { seq } = ack as unknown as Ack<"joinRoom">;
      const pushed = world.sentTo(joiner).flatMap((frame) => (frame.type === "message" ? [frame.seq as number] : []));
      const last = await world.ports.messages.lastSeq(ROOM);
      expect(
        seq === last || pushed.includes(last),
        `run ${run}: joined at ${seq}, pushed ${pushed}, last ${last}`,
      ).to.equal(true);
    }
  });

  it("who writes to themselves reads it, in every dialect that has direct messages", async () => {
    await world.open("two");
    await world.say("two", { action: "setName", name: "two" });
    world.sentTo("two");
    await world.say("two", { action: "sendPrivate", to: "two", message: "note" });
    expect(world.sentTo("two")).to.deep.equal([{ privateMessage: "two: note" }]);
    await world.open("four", { userId: "u4" });
    await world.say("four", { action: "sendMessage", recipientId: "u4", content: "note" });
    expect(world.sentTo("four")).to.deep.equal([{ type: "message", value: { senderId: "u4", content: "note" } }]);
  });

  it("a name belongs to who has had it longest, not to who has been here longest", async () => {
    for (const id of ["mallory", "alice", "bob"]) await world.open(id);
    await world.say("alice", { action: "setName", name: "alice" });
    world.pass(1000);
    await world.say("mallory", { action: "setName", name: "alice" });
    for (const id of ["alice", "mallory"]) world.sentTo(id);
    await world.say("bob", { action: "sendPrivate", to: "alice", message: "psst" });
    expect(world.sentTo("alice")).to.have.lengthOf(1);
    expect(world.sentTo("mallory")).to.deep.equal([]);
  });

  it("an edit under the id of its message is an edit", async () => {
    await native("c1");
    await join("c1");
    await world.say("c1", { action: "sendMessage", to: { room: "general" }, content: "old", id: "m1" });
    const edit = { action: "editMessage", conversation: ROOM, of: 1, content: "new", id: "m1" };
    expect(await world.say("c1", edit)).to.include({ seq: 2 });
    expect(await world.say("c1", edit)).to.include({ seq: 2 });
    expect((await world.ports.messages.entry(ROOM, 1)) as Entry).to.include({ content: "new" });
  });

  it("what people write is in no log", async () => {
    await native("c1");
    for (const content of ["secret \ud800", `secret ${"x".repeat(40_000)}`, ""]) {
      await world.say("c1", { action: "sendMessage", to: { everyone: true }, content });
      await world.say("c1", { action: "sendMessage", to: { room: "elsewhere" }, content: "secret" });
    }
    expect(world.logged).not.to.deep.equal([]);
    expect(JSON.stringify(world.logged)).not.to.match(/secret/);
  });

  it("what was refused is found in the log by the request id of who asked", async () => {
    await native("c1");
    await world.say("c1", { action: "members", room: "general", requestId: "asked-1" });
    await world.say("c1", { action: "members", room: "general" });
    const [named, ...others] = world.logged.filter(({ event }) => event === "refused");
    expect(named).to.include({
      connectionId: "c1",
      action: "members",
      code: "not_a_member",
      clientRequestId: "asked-1",
    });
    expect(others).to.have.lengthOf(1);
    expect(others[0]).not.to.have.property("clientRequestId");
  });

  it("a user's key is no connection", async () => {
    await native("c1");
    await native("c2", "bob");
    expect(await world.say("c1", { action: "sendMessage", to: { connection: "user#bob" }, content: "x" })).to.include({
      code: "not_found",
    });
    expect(await world.say("c1", { action: "sendMessage", to: { user: "user#bob" }, content: "x" })).to.include({
      seq: 1,
    });
  });
});
