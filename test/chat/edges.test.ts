// Where somebody tries what they may not, or what has two meanings.
import { expect } from "chai";
import { answerCommand } from "#chat/answer-command.ts";
import type { Command } from "#protocol/dialects/dialect.ts";
import type { Entry } from "#protocol/messages.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { join, openNative, ROOM } from "#test/support/native-members.ts";

describe("at the edges", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  it("what nothing answers is not acknowledged", async () => {
    await openNative(world, "ann");
    const caller = await world.connection("ann");
    const snapshot = await world.ports.snapshots.read({});
    const command = { action: "fly" } as unknown as Command;
    const answer = Promise.resolve().then(() => answerCommand(world.ports, caller, command, snapshot, 0));
    expect(await answer.catch((error: Error) => error.message)).to.equal('Nothing answers "fly"');
  });

  it("nobody resumes what they may not read", async () => {
    for (const id of ["c1", "c2", "c3"]) await openNative(world, id);
    await join(world, "c1");
    await world.say("c1", { action: "sendMessage", to: { room: "general" }, content: "hi" });
    await world.say("c1", { action: "sendMessage", to: { user: "c2" }, content: "psst" });
    for (const conversation of [ROOM, "direct:c1#c2"]) {
      const answer = await world.say("c3", { action: "resume", conversations: [{ conversation, after: 0 }] });
      expect(answer, conversation).to.include({ code: "not_a_member" });
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
    await openNative(world, "c1");
    await join(world, "c1");
    await world.say("c1", { action: "sendMessage", to: { room: "general" }, content: "old", id: "m1" });
    const edit = { action: "editMessage", conversation: ROOM, of: 1, content: "new", id: "m1" };
    expect(await world.say("c1", edit)).to.include({ seq: 2 });
    expect(await world.say("c1", edit)).to.include({ seq: 2 });
    expect((await world.ports.messages.entry(ROOM, 1)) as Entry).to.include({ content: "new" });
  });

  it("a user's key is no connection", async () => {
    await openNative(world, "c1");
    await openNative(world, "c2", "bob");
    expect(await world.say("c1", { action: "sendMessage", to: { connection: "user#bob" }, content: "x" })).to.include({
      code: "not_found",
    });
    expect(await world.say("c1", { action: "sendMessage", to: { user: "user#bob" }, content: "x" })).to.include({
      seq: 1,
    });
  });
});
