// What people do beside sending: changing their minds, typing, reading, looking back.
import { expect } from "chai";
import { LIMITS } from "#protocol/limits.ts";
import type { Ack, Entry } from "#protocol/messages.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

const ROOM = "room:general";

describe("beside sending", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
    for (const [connectionId, userId] of [
      ["c1", "u1"],
      ["c2", "u2"],
    ] as const) {
      await world.open(connectionId, { userId, dialect: "native" });
      await world.say(connectionId, { action: "joinRoom", room: "general" });
    }
    for (const id of ["c1", "c2"]) world.sentTo(id);
  });
  afterEach(() => world.close());

  const say = async (content: string, to: object = { room: "general" }) =>
    (await world.say("c1", { action: "sendMessage", to, content })) as unknown as Entry;
  const history = async (query: object = {}) =>
    (await world.say("c2", { action: "getMessages", conversation: ROOM, ...query })) as unknown as Ack<"getMessages">;

  describe("edit and delete", () => {
    it("an edit has its own seq, is pushed, and history shows the message as it is now", async () => {
      await say("old");
      world.sentTo("c2");
      const ack = await world.say("c1", { action: "editMessage", conversation: ROOM, of: 1, content: "new" });
      expect(ack).to.include({ type: "ack", action: "editMessage", seq: 2 });
      expect(world.sentTo("c2")).to.have.lengthOf(1);
      const { entries } = await history();
      expect(entries[0]).to.include({ type: "message", seq: 1, content: "new" }).and.to.have.property("editedAt");
      expect(entries[1]).to.include({ type: "edit", seq: 2, of: 1, content: "new" });
    });

    it("a deletion takes the content away for good", async () => {
      await say("regrettable");
      await world.say("c1", { action: "deleteMessage", conversation: ROOM, of: 1 });
      expect(JSON.stringify(await history())).not.to.match(/regrettable/);
      expect((await history()).entries[0])
        .to.include({ content: "" })
        .and.to.have.property("deletedAt");
      const again = { action: "editMessage", conversation: ROOM, of: 1, content: "back" };
      expect(await world.say("c1", again)).to.include({ code: "not_found" });
    });

    it("deleting is acknowledged, also what was said last, and again", async () => {
      for (const content of ["a", "b", "c"]) await say(content);
      for (const of of [3, 1, 4]) {
        const deletion = { action: "deleteMessage", conversation: ROOM, of, id: `d${of}` };
        const ack = await world.say("c1", deletion);
        if (of === 4) expect(ack, "of a deletion").to.include({ code: "not_found" });
        else expect(ack).to.include({ type: "ack", seq: of === 3 ? 4 : 5 });
        expect(await world.say("c1", deletion)).to.deep.equal(ack);
      }
    });

    it("an edit that gets its seq after the deletion cannot be read either, whoever is slower", async () => {
      for (let run = 1; run <= 20; run++) {
        const { seq: of } = await say("regrettable");
        const edit = { action: "editMessage", conversation: ROOM, of, content: "regrettable, too", id: `e${run}` };
        const deletion = { action: "deleteMessage", conversation: ROOM, of, id: `d${run}` };
        const asked = run % 2 === 0 ? [edit, deletion] : [deletion, edit];
        await Promise.all(asked.map((frame) => world.instance().say("c1", frame)));
        expect(JSON.stringify(await history({ limit: 100 })), `run ${run}`).not.to.match(/regrettable/);
      }
    });

    it("an edit that was acknowledged is acknowledged the same again, also after the deletion", async () => {
      await say("old");
      const edit = { action: "editMessage", conversation: ROOM, of: 1, content: "new", id: "e1" };
      const ack = await world.say("c1", edit);
      expect(ack).to.include({ type: "ack", seq: 2 });
      await world.say("c1", { action: "deleteMessage", conversation: ROOM, of: 1, id: "d1" });
      expect(await world.say("c1", edit)).to.deep.equal(ack);
      expect(JSON.stringify(await history())).not.to.match(/old|new/);
      // a day later it is another request
      world.pass(86_401_000);
      await world.open("c1", { userId: "u1", dialect: "native" });
      await world.say("c1", { action: "joinRoom", room: "general" });
      expect(await world.say("c1", edit)).to.include({ code: "not_found" });
    });

    it("is for who sent the message, and for messages", async () => {
      await say("mine");
      await world.say("c1", { action: "editMessage", conversation: ROOM, of: 1, content: "mine!" });
      for (const action of ["editMessage", "deleteMessage"]) {
        const frame = { action, conversation: ROOM, content: "x" };
        expect(await world.say("c2", { ...frame, of: 1 })).to.include({ code: "not_yours" });
        expect(await world.say("c1", { ...frame, of: 2 })).to.include({ code: "not_found" });
        expect(await world.say("c1", { ...frame, of: 9 })).to.include({ code: "not_found" });
        expect(await world.say("c1", { ...frame, of: 0 })).to.include({ code: "invalid_request" });
      }
    });

    it("works in direct conversations and in the lobby", async () => {
      await say("psst", { user: "u2" });
      await say("all", { everyone: true });
      world.sentTo("c2");
      for (const conversation of ["direct:u1#u2", "lobby"]) {
        const frame = { action: "editMessage", conversation, of: 1, content: "changed" };
        expect(await world.say("c1", frame)).to.include({ type: "ack", seq: 2 });
        expect(world.sentTo("c2")[0]).to.include({ type: "edit", conversation, of: 1, content: "changed" });
      }
    });
  });

  it("history goes back and forth by cursors, and ends where there is no more", async () => {
    for (const content of ["a", "b", "c", "d", "e"]) await say(content);
    const contents = ({ entries }: Ack<"getMessages">) =>
      entries.map((entry) => "content" in entry && entry.content).join("");
    const newest = await history({ limit: 2 });
    expect(contents(newest)).to.equal("de");
    expect(newest).to.have.property("older");
    expect(newest).not.to.have.property("newer");
    const middle = await history({ limit: 2, cursor: newest.older });
    expect(contents(middle)).to.equal("bc");
    const oldest = await history({ limit: 2, cursor: middle.older });
    expect(contents(oldest)).to.equal("a");
    expect(oldest).not.to.have.property("older");
    const forth = await history({ limit: 3, cursor: oldest.newer });
    expect(contents(forth)).to.equal("bcd");
    const end = await history({ limit: 3, cursor: forth.newer });
    expect(contents(end)).to.equal("e");
    expect(end).not.to.have.property("newer");
    expect(await world.say("c2", { action: "getMessages", conversation: ROOM, cursor: "o;DROP" })).to.include({
      code: "invalid_request",
    });
  });

  it("typing is shown to the others and stored nowhere", async () => {
    expect(await world.say("c1", { action: "typing", to: { room: "general" } })).to.deep.equal({
      type: "ack",
      action: "typing",
    });
    await world.say("c1", { action: "typing", to: { user: "u2" } });
    expect(world.sentTo("c2")).to.deep.equal([
      { type: "typing", conversation: ROOM, user: { id: "u1" } },
      { type: "typing", conversation: "direct:u1#u2", user: { id: "u1" } },
    ]);
    expect(world.sentTo("c1")).to.deep.equal([]);
    expect(await world.ports.messages.lastSeq(ROOM)).to.equal(0);
  });

  describe("receipts", () => {
    const receipt = (seq: number, kind: string, conversation = ROOM) => ({
      action: "receipt",
      conversation,
      seq,
      kind,
    });

    it("go to the others, forward only, and each once", async () => {
      await say("a");
      await say("b");
      world.sentTo("c1");
      for (const seq of [1, 2, 2, 1])
        expect(await world.say("c2", receipt(seq, "delivered"))).to.include({ type: "ack" });
      expect(world.sentTo("c1").map(({ seq, kind }) => [seq, kind])).to.deep.equal([
        [1, "delivered"],
        [2, "delivered"],
      ]);
      await world.say("c2", receipt(1, "read"));
      expect(world.sentTo("c1")).to.deep.equal([
        { type: "receipt", conversation: ROOM, seq: 1, kind: "read", user: { id: "u2" } },
      ]);
    });

    it("are for what there is, in a conversation one takes part in", async () => {
      expect(await world.say("c2", receipt(1, "read"))).to.include({ code: "invalid_request" });
      expect(await world.say("c2", receipt(1, "read", "room:other"))).to.include({ code: "not_a_member" });
      expect(await world.say("c2", receipt(1, "seen"))).to.include({ code: "invalid_request" });
    });

    it("in a direct conversation reach the other's devices", async () => {
      await say("psst", { user: "u2" });
      await world.say("c2", receipt(1, "read", "direct:u1#u2"));
      expect(world.sentTo("c1")).to.have.lengthOf(1).and.to.have.nested.property("[0].kind", "read");
    });
  });

  it("conversations lists the rooms joined and the direct conversations, also those missed while away", async () => {
    await say("a");
    await say("psst", { user: "u3" });
    await world.open("c3", { userId: "u3", dialect: "native" });
    expect(await world.say("c3", { action: "conversations" })).to.deep.include({
      conversations: [
        { conversation: "direct:u1#u3", seq: 1 },
        { conversation: "lobby", seq: 0 },
      ],
    });
    expect(await world.say("c1", { action: "conversations" })).to.deep.include({
      conversations: [
        { conversation: "direct:u1#u3", seq: 1 },
        { conversation: "lobby", seq: 0 },
        { conversation: ROOM, seq: 1 },
      ],
    });
  });

  it("who is too fast is told so, and may go on after a moment", async () => {
    const { burst, perSecond } = LIMITS.rates.connection;
    const answers = await Promise.all(Array.from({ length: burst + 50 }, () => world.say("c1", { action: "ping" })));
    const limited = answers.filter((answer) => answer?.code === "rate_limited");
    expect(limited).to.have.lengthOf.within(1, 60);
    expect(limited[0]).to.include({ retryable: true });
    // others are not concerned
    expect(await world.say("c2", { action: "ping" })).to.include({ type: "ack" });
    world.pass((1000 / perSecond) * 5);
    expect(await world.say("c1", { action: "ping" })).to.include({ type: "ack" });
  });
});
