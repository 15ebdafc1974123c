// What people who talk to each other see, frame by frame: the message function's own logic on the real stores.
import { expect } from "chai";
import { LIMITS } from "#protocol/limits.ts";
import type { Ack } from "#protocol/messages.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

describe("a conversation", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld({ shards: 3 });
  });
  afterEach(() => world.close());

  const enter = async (connectionId: string, userId: string, name?: string, room?: string) => {
    await world.open(connectionId, { userId, dialect: "native" });
    if (name) await world.say(connectionId, { action: "setName", name });
    if (room) await world.say(connectionId, { action: "joinRoom", room });
  };

  describe("in a room", () => {
    it("joining answers with the last seq and who is here, and tells the others", async () => {
      await enter("c1", "u1", "Ann", "general");
      await world.say("c1", { action: "sendMessage", to: { room: "general" }, content: "anyone?" });
      await enter("c2", "u2", "Bob");
      world.sentTo("c1");
      const ack = await world.say("c2", { action: "joinRoom", room: "general", requestId: "r1" });
      expect(ack).to.deep.equal({
        type: "ack",
        action: "joinRoom",
        requestId: "r1",
        conversation: "room:general",
        seq: 1,
        members: [
          { id: "u1", name: "Ann" },
          { id: "u2", name: "Bob" },
        ],
      });
      expect(world.sentTo("c1")).to.deep.equal([
        { type: "presence", conversation: "room:general", event: "join", user: { id: "u2", name: "Bob" } },
      ]);
      expect(world.sentTo("c2")).to.deep.equal([]);
    });

    it("a message is acknowledged to its sender and pushed to every other connection", async () => {
      await enter("c1", "u1", "Ann", "general");
      await enter("c2", "u2", "Bob", "general");
      await enter("c3", "u1", undefined, "general");
      await enter("c4", "u4");
      for (const id of ["c1", "c2", "c3", "c4"]) world.sentTo(id);
      const request = { action: "sendMessage", to: { room: "general" }, content: "hi", id: "m1", requestId: "r" };
      const ack = await world.say("c1", request);
      expect(ack).to.include({ type: "ack", action: "sendMessage", requestId: "r", seq: 1, id: "m1" });
      const push = {
        type: "message",
        conversation: "room:general",
        seq: 1,
        id: "m1",
        sender: { id: "u1", name: "Ann" },
        content: "hi",
        sentAt: ack?.sentAt,
      };
      expect(world.sentTo("c2")).to.deep.equal([push]);
      // the sender's other tab
      expect(world.sentTo("c3")).to.deep.equal([push]);
      expect(world.sentTo("c1")).to.deep.equal([]);
      expect(world.sentTo("c4")).to.deep.equal([]);
    });

    it("the same message sent again gets the first ack, and nobody gets it twice", async () => {
      await enter("c1", "u1", "Ann", "general");
      await enter("c2", "u2", "Bob", "general");
      world.sentTo("c2");
      const request = { action: "sendMessage", to: { room: "general" }, content: "hi", id: "m1" };
      const acks = await Promise.all([1, 2, 3].map(() => world.say("c1", request)));
      acks.push(await world.say("c1", request));
      for (const ack of acks) expect(ack).to.deep.equal(acks[0]);
      expect(world.sentTo("c2")).to.have.lengthOf(1);
    });

    it("who has two tabs comes once and leaves once", async () => {
      await enter("c1", "u1", "Ann", "general");
      await enter("c2", "u2", "Bob", "general");
      world.sentTo("c1");
      await enter("c3", "u2", undefined, "general");
      expect(world.sentTo("c1")).to.deep.equal([]);
      await world.say("c2", { action: "leaveRoom", room: "general" });
      expect(world.sentTo("c1")).to.deep.equal([]);
      await world.say("c3", { action: "leaveRoom", room: "general" });
      expect(world.sentTo("c1")).to.deep.equal([
        { type: "presence", conversation: "room:general", event: "leave", user: { id: "u2" } },
      ]);
    });

    it("only members speak, read and see who is here", async () => {
      await enter("c1", "u1");
      for (const frame of [
        { action: "sendMessage", to: { room: "general" }, content: "hi" },
        { action: "getMessages", conversation: "room:general" },
        { action: "members", room: "general" },
      ]) {
        expect(await world.say("c1", frame)).to.include({ type: "error", code: "not_a_member", retryable: false });
      }
    });

    it("joining and leaving twice is no mistake", async () => {
      await enter("c1", "u1", "Ann", "general");
      expect(await world.say("c1", { action: "joinRoom", room: "general" })).to.include({ type: "ack" });
      for (const _ of [1, 2]) {
        expect(await world.say("c1", { action: "leaveRoom", room: "general" })).to.include({ type: "ack" });
      }
    });

    it("a connection may be in so many rooms and no more", async () => {
      await enter("c1", "u1");
      for (let at = 0; at < LIMITS.roomsPerConnection; at++) {
        expect(await world.say("c1", { action: "joinRoom", room: `r${at}` })).to.include({ type: "ack" });
      }
      expect(await world.say("c1", { action: "joinRoom", room: "one more" })).to.include({ code: "too_many_rooms" });
      expect(await world.say("c1", { action: "joinRoom", room: "r5" })).to.include({ type: "ack" });
    });

    it("a name set while the room is being joined is the name one has there", async () => {
      for (const connectionId of ["c1", "c2", "c3", "c4", "c5"]) {
        await enter(connectionId, connectionId);
        await Promise.all([
          world.say(connectionId, { action: "joinRoom", room: "general" }),
          world.say(connectionId, { action: "setName", name: `name of ${connectionId}` }),
        ]);
      }
      const audience = await world.ports.memberships.audience("room:general");
      expect(audience).to.have.lengthOf(5);
      for (const member of audience) expect(member.name).to.equal(`name of ${member.connectionId}`);
    });

    it("a new name reaches who is in the same room", async () => {
      await enter("c1", "u1", "Ann", "general");
      await enter("c2", "u2", "Bob", "general");
      world.sentTo("c1");
      await world.say("c2", { action: "setName", name: "Bobby" });
      expect(world.sentTo("c1")).to.deep.equal([
        { type: "presence", conversation: "room:general", event: "rename", user: { id: "u2", name: "Bobby" } },
      ]);
      expect(await world.say("c1", { action: "members", room: "general" })).to.deep.include({
        members: [
          { id: "u1", name: "Ann" },
          { id: "u2", name: "Bobby" },
        ],
      });
    });
  });

  it("a name is the connection's: the user's other one keeps what it had", async () => {
    await enter("c1", "u1", "Ann", "general");
    await enter("c2", "u2", "Bob", "general");
    await enter("c3", "u2", "Bobby", "general");
    world.sentTo("c1");
    for (const id of ["c2", "c3"])
      await world.say(id, { action: "sendMessage", to: { room: "general" }, content: "hi" });
    expect(world.sentTo("c1").map(({ sender }) => sender)).to.deep.equal([
      { id: "u2", name: "Bob" },
      { id: "u2", name: "Bobby" },
    ]);
    const { members } = (await world.say("c1", { action: "members", room: "general" })) as Ack<"members">;
    expect(members.map(({ id }) => id)).to.deep.equal(["u1", "u2"]);
    expect(members[1]?.name).to.be.oneOf(["Bob", "Bobby"]);
  });

  describe("when a connection is gone", () => {
    it("the one post that finds out removes it, tells the room, and everybody else still gets the message", async () => {
      await enter("c1", "u1", "Ann", "general");
      await enter("c2", "u2", "Bob", "general");
      await enter("c3", "u3", "Cid", "general");
      for (const id of ["c1", "c2", "c3"]) world.sentTo(id);
      world.make("c2", "gone");
      const ack = await world.say("c1", { action: "sendMessage", to: { room: "general" }, content: "hi" });
      expect(ack).to.include({ type: "ack", seq: 1 });
      const gone = { type: "presence", conversation: "room:general", event: "leave", user: { id: "u2", name: "Bob" } };
      expect(world.sentTo("c3")).to.have.lengthOf(2).and.to.deep.include(gone);
      expect(world.sentTo("c1")).to.deep.equal([gone]);
      expect(await world.ports.connections.remove("c2", "u2")).to.equal(undefined);
      expect(await world.say("c1", { action: "members", room: "general" })).to.deep.include({
        members: [
          { id: "u1", name: "Ann" },
          { id: "u3", name: "Cid" },
        ],
      });
    });

    it("a post that fails costs nobody else the message, and the connection stays", async () => {
      await enter("c1", "u1", "Ann", "general");
      await enter("c2", "u2", "Bob", "general");
      await enter("c3", "u3", "Cid", "general");
      for (const id of ["c1", "c2", "c3"]) world.sentTo(id);
      world.make("c2", "failed");
      await world.say("c1", { action: "sendMessage", to: { room: "general" }, content: "hi" });
      expect(world.sentTo("c3")).to.have.lengthOf(1);
      expect(await world.connection("c2")).to.include({ userId: "u2" });
    });

    it("without $disconnect it stops counting when its time has passed", async () => {
      await enter("c1", "u1", "Ann", "general");
      world.pass(9_001_000);
      await enter("c2", "u2", "Bob", "general");
      expect(await world.say("c2", { action: "members", room: "general" })).to.deep.include({
        members: [{ id: "u2", name: "Bob" }],
      });
      expect(await world.say("c1", { action: "ping" })).to.include({ code: "not_connected", retryable: true });
    });
  });

  describe("between two users", () => {
    it("reaches all devices of the other, and the sender's own other ones", async () => {
      await enter("c1", "u1", "Ann");
      await enter("c2", "u2", "Bob");
      await enter("c3", "u2");
      await enter("c4", "u1");
      await enter("c5", "u5");
      const ack = await world.say("c1", { action: "sendMessage", to: { user: "u2" }, content: "psst" });
      expect(ack).to.include({ conversation: "direct:u1#u2", seq: 1 });
      for (const id of ["c2", "c3", "c4"]) expect(world.sentTo(id)).to.have.lengthOf(1);
      for (const id of ["c1", "c5"]) expect(world.sentTo(id)).to.deep.equal([]);
    });

    it("is found in the history by both, and by nobody else", async () => {
      await enter("c1", "u1");
      await enter("c2", "u2");
      await enter("c3", "u3");
      await world.say("c1", { action: "sendMessage", to: { user: "u2" }, content: "one" });
      await world.say("c2", { action: "sendMessage", to: { user: "u1" }, content: "two" });
      const history = await world.say("c2", { action: "getMessages", with: "u1" });
      expect(history).to.include({ conversation: "direct:u1#u2", seq: 2 }).and.not.to.have.any.keys("older", "newer");
      const { entries } = history as { entries: { content: string }[] };
      expect(entries.map(({ content }) => content)).to.deep.equal(["one", "two"]);
      expect(await world.say("c3", { action: "getMessages", conversation: "direct:u1#u2" })).to.include({
        code: "not_a_member",
      });
    });

    it("waits in the history for a user who is not here", async () => {
      await enter("c1", "u1");
      expect(await world.say("c1", { action: "sendMessage", to: { user: "u9" }, content: "later" })).to.include({
        seq: 1,
      });
    });

    it("reaches one connection only, when a connection is addressed", async () => {
      await enter("c1", "u1");
      await enter("c2", "u2");
      await enter("c3", "u2");
      await world.say("c1", { action: "sendMessage", to: { connection: "c3" }, content: "psst" });
      expect(world.sentTo("c3")).to.have.lengthOf(1);
      expect(world.sentTo("c2")).to.deep.equal([]);
      expect(await world.say("c1", { action: "sendMessage", to: { connection: "cX" }, content: "x" })).to.include({
        code: "not_found",
      });
    });
  });

  it("whoami says who the server takes one for", async () => {
    await enter("c1", "u1", "Ann");
    expect(await world.say("c1", { action: "whoami" })).to.deep.include({
      connectionId: "c1",
      user: { id: "u1", name: "Ann" },
    });
    await world.open("c2");
    expect(await world.say("c2", { action: "whoami" })).to.deep.include({ user: { id: "c2" } });
  });

  it("refuses to open for a user id or dialect that cannot be", async () => {
    for (const query of [{ userId: "" }, { userId: "x".repeat(129) }, { dialect: "klingon" }]) {
      const refusal = await world.open("c1", query).catch((error: Error) => error);
      expect(refusal).to.include({ name: "ChatError", code: "invalid_request" });
    }
  });
});
