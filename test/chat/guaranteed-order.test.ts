// Everybody sees the same entries in one order, each with its true sender, and who comes back gets what is missing: the guarantees of
// docs/protocol.md, each with a test that tries to break it.
import { expect } from "chai";
import type { Entry } from "#protocol/messages.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { enter, ROOM, toRoom } from "#test/support/native-members.ts";
import { expectGapFree, stored } from "#test/support/stored-entries.ts";

describe("guaranteed:", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  it("50 senders at once: every member ends with the same gap-free order", async () => {
    const members = Array.from({ length: 50 }, (_, at) => `m${at}`);
    for (const member of members) await enter(world, member, member);
    for (const member of members) world.sentTo(member);
    const acks = await Promise.all(
      members.map((member) => world.say(member, { action: "sendMessage", to: toRoom, content: `by ${member}` })),
    );
    const entries = await stored(world, ROOM);
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
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2", "other");
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
    await enter(world, "c1", "u1");
    for (const content of ["a", "b"]) await world.say("c1", { action: "sendMessage", to: toRoom, content });
    world.pass(2 * 86_400_000);
    await enter(world, "c2", "u2");
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
    await enter(world, "c1", "u1", "one");
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

  it("an identity in a body counts for nothing: the connection's does", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
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
