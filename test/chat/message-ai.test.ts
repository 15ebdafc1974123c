// System 3, frame by frame: direct and group messages with a status for the sender, and catchUp for what was missed.
import { expect } from "chai";
import { LIMITS } from "#protocol/limits.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

const TIMESTAMP = "2025-10-21T10:30:00Z";
const DIRECT = "direct:ann#bob";

/** What Ann's app sends to Bob, with these changes; undefined leaves a field out. */
function message(change: Record<string, unknown> = {}) {
  return {
    action: "sendMessage",
    messageId: "m-1",
    conversationId: "c-1",
    senderId: "ann",
    senderName: "Ann",
    recipientId: "bob",
    content: "hi",
    timestamp: TIMESTAMP,
    ...change,
  };
}

/** What the recipient's app is shown of it. */
function shown(change: Record<string, unknown> = {}) {
  const { action: _, recipientId: __, ...data } = message();
  return { type: "message", data: { ...data, status: "delivered", ...change } };
}

function status(status: "sent" | "delivered", messageId = "m-1", conversationId = "c-1") {
  return { type: "messageStatus", data: { messageId, conversationId, status } };
}

function complete(count: number) {
  return { type: "catchUpComplete", data: { count } };
}

describe("system 3", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
    await world.open("ann-1", { userId: "ann" });
  });
  afterEach(() => world.close());

  const catchUp = (connectionId: string) => world.say(connectionId, { action: "catchUp", userId: "bob" });

  describe("a direct message", () => {
    it("reaches every device of its recipient, and its sender is told delivered", async () => {
      for (const device of ["bob-1", "bob-2"]) await world.open(device, { userId: "bob" });
      await world.open("ann-2", { userId: "ann" });
      expect(await world.say("ann-1", message())).to.deep.equal(status("delivered"));
      for (const device of ["bob-1", "bob-2"]) expect(world.sentTo(device)).to.deep.equal([shown()]);
      for (const device of ["ann-1", "ann-2"]) expect(world.sentTo(device)).to.deep.equal([]);
    });

    it("is stored and only sent when its recipient is not there, or not any more", async () => {
      expect(await world.say("ann-1", message())).to.deep.equal(status("sent"));
      await world.open("bob-1", { userId: "bob" });
      world.make("bob-1", "gone");
      expect(await world.say("ann-1", message({ messageId: "m-2" }))).to.deep.equal(status("sent", "m-2"));
      expect(await world.ports.messages.lastSeq(DIRECT)).to.equal(2);
    });

    it("carries what it replies to, and nothing of it otherwise", async () => {
      await world.open("bob-1", { userId: "bob" });
      const reply = { replyToMessageId: "m-0", replyToContent: "you there?", replyToSenderName: "Bob" };
      await world.say("ann-1", message(reply));
      await world.say("ann-1", message({ messageId: "m-2", replyToMessageId: "m-0" }));
      expect(world.sentTo("bob-1")).to.deep.equal([shown(reply), shown({ messageId: "m-2", replyToMessageId: "m-0" })]);
    });

    it("that is sent again is stored and shown once, and has the same status", async () => {
      await world.open("bob-1", { userId: "bob" });
      for (const _ of [1, 2, 3]) expect(await world.say("ann-1", message())).to.deep.equal(status("delivered"));
      expect(world.sentTo("bob-1")).to.deep.equal([shown()]);
      expect(await world.ports.messages.lastSeq(DIRECT)).to.equal(1);
    });

    it("comes from who is connected, whatever it says", async () => {
      await world.open("bob-1", { userId: "bob" });
      await world.say("ann-1", message({ senderId: "carl" }));
      expect(world.sentTo("bob-1")).to.deep.equal([shown({ senderId: "ann" })]);
    });
  });

  describe("a message that is not complete is refused, and nothing of it is stored or shown", () => {
    const fields = ["messageId", "conversationId", "senderId", "senderName", "recipientId", "content", "timestamp"];
    const cases: [name: string, change: Record<string, unknown>, says: RegExp][] = [
      ...fields.map((field): [string, Record<string, unknown>, RegExp] => [
        `without ${field}`,
        { [field]: undefined },
        new RegExp(`"${field}" is missing`),
      ]),
      ["with a recipient that is no text", { recipientId: 7 }, /"recipientId" is 7/],
      ["with an empty text", { content: "" }, /"content" is ""/],
      ["to a group of nobody", { isGroupChat: true, recipientIds: [] }, /"recipientIds" is \[\]/],
      ["to a group that is no list", { isGroupChat: true, recipientIds: "bob" }, /"recipientIds" is "bob"/],
      ["to a group with a number in it", { isGroupChat: true, recipientIds: ["bob", 7] }, /"recipientIds\[1\]" is 7/],
      [
        "to a group that is too large",
        { isGroupChat: true, recipientIds: Array.from({ length: LIMITS.usersPerGroup + 1 }, (_, at) => `u${at}`) },
        /a list of 1 to 100 user ids/,
      ],
      ["with too much to reply to", { replyToContent: "x".repeat(LIMITS.extraBytes) }, /may take 4096 bytes/],
    ];

    for (const [name, change, says] of cases) {
      it(name, async () => {
        await world.open("bob-1", { userId: "bob" });
        const refusal = await world.say("ann-1", message(change));
        expect(refusal).to.include({ type: "error", code: "invalid_request", action: "sendMessage" });
        expect(refusal?.message).to.match(says);
        expect(world.sentTo("bob-1")).to.deep.equal([]);
        for (const conversation of [DIRECT, "group:c-1"])
          expect(await world.ports.messages.lastSeq(conversation)).to.equal(0);
      });
    }
  });

  describe("a group message", () => {
    const toGroup = message({ recipientId: undefined, isGroupChat: true, recipientIds: ["ann", "bob", "carl"] });

    it("reaches whoever is there, in one conversation for all, and waits for the others", async () => {
      await world.open("bob-1", { userId: "bob" });
      expect(await world.say("ann-1", toGroup)).to.deep.equal(status("delivered"));
      expect(world.sentTo("bob-1")).to.deep.equal([shown()]);
      expect(world.sentTo("ann-1")).to.deep.equal([]);
      await world.open("carl-1", { userId: "carl" });
      expect(await catchUp("carl-1")).to.deep.equal(complete(1));
      expect(world.sentTo("carl-1")).to.deep.equal([shown()]);
      expect(await world.ports.messages.lastSeq("group:c-1")).to.equal(1);
    });

    it("is only sent when none of the others is there", async () => {
      expect(await world.say("ann-1", toGroup)).to.deep.equal(status("sent"));
    });
  });

  describe("under the id of a conversation that its sender takes no part in", () => {
    const GROUP = { conversationId: "g-1", isGroupChat: true, recipientIds: ["bob"] };
    const byEve = (change: Record<string, unknown>) =>
      message({ senderId: "eve", senderName: "Eve", messageId: "m-eve", ...change });
    const inboxOfBob = async () => (await world.ports.inboxes.list("bob")).map(({ conversation }) => conversation);
    beforeEach(async () => {
      for (const user of ["bob", "carol", "eve"]) await world.open(`${user}-1`, { userId: user });
      await world.say("ann-1", message(GROUP));
      world.sentTo("bob-1");
    });
    const refused = async (change: Record<string, unknown>) => {
      const stored = await inboxOfBob();
      expect(await world.say("eve-1", byEve(change))).to.include({ type: "error", code: "not_a_member" });
      expect(world.sentTo("bob-1")).to.deep.equal([]);
      expect(await inboxOfBob()).to.deep.equal(stored);
    };

    it("a direct message is refused: bob's app would show it in the group", () => refused({ conversationId: "g-1" }));

    it("a message is refused that another client's conversation would show", async () => {
      await world.open("carol-2", { userId: "carol", dialect: "native" });
      await world.say("carol-2", { action: "sendMessage", to: { user: "bob" }, content: "hi" });
      expect(world.sentTo("bob-1")).to.have.length(1);
      await refused({ conversationId: "direct:bob#carol" });
      await refused({ conversationId: "direct:bob#carol", isGroupChat: true, recipientIds: ["bob"] });
      await refused({ conversationId: "room:tea" });
      const answer = message({ senderId: "bob", recipientId: "carol", conversationId: "direct:bob#carol" });
      expect(await world.say("bob-1", answer)).to.deep.equal(status("delivered", "m-1", "direct:bob#carol"));
    });

    it("but not one of somebody who does, nor one under an id that is nobody's yet", async () => {
      const own = message({ senderId: "bob", recipientId: "ann", conversationId: "g-1", messageId: "m-2" });
      expect(await world.say("bob-1", own)).to.deep.equal(status("delivered", "m-2", "g-1"));
      expect(await world.say("eve-1", byEve({ conversationId: "g-2" }))).to.deep.equal(
        status("delivered", "m-eve", "g-2"),
      );
      expect(world.sentTo("bob-1")).to.have.length(1);
    });

    it("nor one to somebody who does not know that conversation either", async () => {
      const toCarol = byEve({ conversationId: "g-1", recipientId: "carol" });
      expect(await world.say("eve-1", toCarol)).to.deep.equal(status("delivered", "m-eve", "g-1"));
    });

    it("that is found out by what a message reads anyway", async () => {
      const calls: string[] = [];
      const { say } = world.instance((call, make) => {
        calls.push(call);
        return make();
      });
      const callsFor = async (frame: object) => {
        calls.length = 0;
        expect(await say("ann-1", frame)).to.include({ type: "messageStatus" });
        return calls.slice(0, calls.indexOf("Post"));
      };
      // the first of a connection on an instance, where nobody shows tokens, reads once more
      await callsFor(message());
      expect(await callsFor(message({ messageId: "m-3" }))).to.deep.equal([
        "BatchGetItemCommand",
        "BatchGetItemCommand",
        "PutItemCommand",
        "PutItemCommand",
      ]);
    });
  });

  describe("catchUp", () => {
    it("shows each missed message, oldest first, then how many there were; nothing twice", async () => {
      for (const messageId of ["m-1", "m-2", "m-3"]) await world.say("ann-1", message({ messageId }));
      await world.open("bob-1", { userId: "bob" });
      expect(await catchUp("bob-1")).to.deep.equal(complete(3));
      const missed = ["m-1", "m-2", "m-3"].map((messageId) => shown({ messageId }));
      expect(world.sentTo("bob-1")).to.deep.equal(missed);
      expect(await catchUp("bob-1")).to.deep.equal(complete(0));
      expect(world.sentTo("bob-1")).to.deep.equal([]);
    });

    it("shows neither what was delivered before, nor what the user sent", async () => {
      await world.open("bob-1", { userId: "bob" });
      await world.say("ann-1", message());
      await world.say("bob-1", message({ messageId: "m-2", senderId: "bob", recipientId: "ann" }));
      world.sentTo("bob-1");
      world.make("bob-1", "gone");
      await world.say("ann-1", message({ messageId: "m-3" }));
      await world.open("bob-2", { userId: "bob" });
      expect(await catchUp("bob-2")).to.deep.equal(complete(1));
      expect(world.sentTo("bob-2")).to.deep.equal([shown({ messageId: "m-3" })]);
    });

    it("reads on where one page of the store ends", async () => {
      for (let number = 1; number <= 120; number++) {
        await world.say("ann-1", message({ messageId: `m-${number}` }));
        world.pass(100);
      }
      await world.open("bob-1", { userId: "bob" });
      expect(await catchUp("bob-1")).to.deep.equal(complete(120));
      const frames = world.sentTo("bob-1") as { data: { messageId: string } }[];
      expect(frames.map(({ data }) => data.messageId)).to.deep.equal(
        Array.from({ length: 120 }, (_, at) => `m-${at + 1}`),
      );
    }).timeout(20_000);

    it("that is cut off loses nothing: the next one shows it", async () => {
      await world.say("ann-1", message());
      await world.open("bob-1", { userId: "bob" });
      world.make("bob-1", "failed");
      expect(await catchUp("bob-1")).to.deep.equal(complete(0));
      world.make("bob-1", "sent");
      expect(await catchUp("bob-1")).to.deep.equal(complete(1));
      expect(world.sentTo("bob-1")).to.deep.equal([shown()]);
    });

    it("tells whose client it is: what others say is shown in its shape from then on", async () => {
      await world.open("bob-1", { userId: "bob" });
      await catchUp("bob-1");
      await world.open("tess");
      await world.say("tess", { action: "setName", name: "tess" });
      await world.say("tess", { action: "sendPublic", message: "hello" });
      const [frame] = world.sentTo("bob-1") as { type: string; data: Record<string, unknown> }[];
      expect(frame?.type).to.equal("message");
      expect(frame?.data).to.have.keys(Object.keys(shown().data));
      expect(frame?.data).to.include({
        conversationId: "lobby",
        senderId: "tess",
        senderName: "tess",
        content: "hello",
      });
    });
  });

  it("its keep-alive is neither an error nor answered", async () => {
    await catchUp("ann-1");
    expect(await world.say("ann-1", { action: "ping" })).to.equal(undefined);
    expect(world.sentTo("ann-1")).to.deep.equal([]);
  });
});
