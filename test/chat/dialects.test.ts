// Clients of the replaced systems on one deployment: each says and sees its own frames.
import { expect } from "chai";
import { forgetConnection } from "#chat/forget-connection.ts";
import { connectionsHere } from "#functions/runtime/connections-here.ts";
import { LIMITS } from "#protocol/limits.ts";
import { type Answer, type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

describe("dialects", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  it("system 2: members then systemMessage on coming, the other way round on leaving, one key a frame", async () => {
    await world.open("bob");
    await world.open("alice");
    expect(await world.say("bob", { action: "setName", name: "bob" })).to.equal(undefined);
    expect(world.sentTo("bob")).to.deep.equal([{ members: ["bob"] }, { systemMessage: "bob has joined the chat" }]);
    await world.say("alice", { action: "$setName", name: "alice" });
    for (const id of ["bob", "alice"]) {
      const [members, joined] = world.sentTo(id) as [{ members: string[] }, unknown];
      expect([...members.members].sort()).to.deep.equal(["alice", "bob"]);
      expect(joined).to.deep.equal({ systemMessage: "alice has joined the chat" });
    }
    expect(await world.say("bob", { action: "sendPublic", message: "hi" })).to.equal(undefined);
    for (const id of ["bob", "alice"]) expect(world.sentTo(id)).to.deep.equal([{ publicMessage: "bob: hi" }]);
    expect(await world.say("bob", { action: "sendPrivate", to: "alice", message: "psst" })).to.equal(undefined);
    expect(world.sentTo("alice")).to.deep.equal([{ privateMessage: "bob: psst" }]);
    expect(world.sentTo("bob")).to.deep.equal([]);
    await forgetConnection(world.ports, "bob");
    expect(world.sentTo("alice")).to.deep.equal([{ systemMessage: "bob has left the chat" }, { members: ["alice"] }]);
  });

  it("system 2: who has no name gets nothing, and a wrong name is said in words", async () => {
    await world.open("bob");
    await world.open("lurker", { dialect: "names" });
    await world.say("bob", { action: "setName", name: "bob" });
    await world.say("bob", { action: "sendPublic", message: "hi" });
    expect(world.sentTo("lurker")).to.deep.equal([]);
    const refusal = await world.say("bob", { action: "sendPrivate", to: "nobody", message: "x" });
    expect(refusal).to.include({ type: "error", code: "not_found", systemMessage: 'Nobody here is named "nobody".' });
  });

  it("system 4: the recipient, who may never have said a word, gets type message", async () => {
    await world.open("c1", { userId: "u1" });
    await world.open("c2", { userId: "u2" });
    expect(await world.say("c1", { action: "sendMessage", recipientId: "u2", content: "hi" })).to.equal(undefined);
    expect(world.sentTo("c2")).to.deep.equal([{ type: "message", value: { senderId: "u1", content: "hi" } }]);
    expect(world.sentTo("c1")).to.deep.equal([]);
  });

  it("system 4: history comes newest first, and goes on where lastEvaluatedKey says", async () => {
    await world.open("c1", { userId: "u2" });
    for (const content of ["a", "b", "c"]) await world.say("c1", { action: "sendMessage", recipientId: "u1", content });
    const ask = async (startKey?: unknown) => {
      const answer = await world.say("c1", { action: "getMessages", targetId: "u1", limit: 2, startKey });
      expect(answer?.type).to.equal("messages");
      return answer?.value as { messages: Record<string, unknown>[]; lastEvaluatedKey?: unknown };
    };
    const first = await ask();
    expect(first.messages.map(({ content }) => content)).to.deep.equal(["c", "b"]);
    expect(first.messages[0]).to.have.keys("messageId", "roomId", "content", "senderId", "createdAt");
    expect(first.messages[0]).to.include({ roomId: "u1#u2", senderId: "u2" });
    expect(first.messages[0]?.createdAt).to.be.a("number");
    const second = await ask(first.lastEvaluatedKey);
    expect(second.messages.map(({ content }) => content)).to.deep.equal(["a"]);
    expect(second).not.to.have.property("lastEvaluatedKey");
  });

  it("system 0: the text is relayed to the others, not to the sender, and each frame is JSON with the text in it", async () => {
    await world.open("c1");
    await world.open("c2");
    expect(await world.say("c1", { actionn: "sendMessage", data: "hello" })).to.equal(undefined);
    expect(world.sentTo("c1")).to.deep.equal([]);
    expect(world.sentTo("c2")).to.have.lengthOf(1).and.to.have.nested.property("[0].message", "hello");
  });

  it("system 1: a connection or everybody, each answered, each pushed as JSON", async () => {
    for (const id of ["c1", "c2", "c3"]) await world.open(id);
    const ack = await world.say("c1", { action: "sendMessage", targetId: "c2", message: "Hello World!" });
    expect(ack).to.include({ type: "ack", action: "sendMessage" });
    expect(world.sentTo("c2")).to.have.nested.property("[0].message", "Hello World!");
    expect(world.sentTo("c3")).to.deep.equal([]);
    await world.say("c1", { action: "broadcast", message: "hello all" });
    for (const id of ["c2", "c3"]) expect(world.sentTo(id)).to.have.nested.property("[0].message", "hello all");
    expect(await world.say("c1", { action: "joinRoom", room: "general" })).to.include({ conversation: "room:general" });
    expect(await world.say("c1", { action: "leaveRoom", room: "general" })).to.include({ type: "ack" });
  });

  it("one public message reaches every system in its own shape", async () => {
    await world.open("zero");
    await world.open("one");
    await world.open("two");
    await world.open("native", { userId: "u9", dialect: "native" });
    await world.say("zero", { actionn: "sendMessage", data: "here" });
    await world.say("one", { action: "broadcast", message: "here" });
    await world.say("two", { action: "setName", name: "two" });
    for (const id of ["zero", "one", "two", "native"]) world.sentTo(id);
    await world.say("native", { action: "sendMessage", to: { everyone: true }, content: "hi all" });
    expect(world.sentTo("two")).to.deep.equal([{ publicMessage: "u9: hi all" }]);
    for (const id of ["zero", "one"]) {
      expect(world.sentTo(id)[0]).to.include({
        type: "message",
        conversation: "lobby",
        content: "hi all",
        message: "hi all",
      });
    }
    await world.say("two", { action: "sendPublic", message: "hi native" });
    expect(world.sentTo("native")[0]).to.deep.include({ content: "hi native", sender: { id: "two", name: "two" } });
  });

  it("a request id is answered in every dialect, also where its clients expect no answer", async () => {
    await world.open("c1");
    const ack = await world.say("c1", { action: "sendPublic", message: "hi", requestId: "r1" });
    expect(ack).to.include({ type: "ack", requestId: "r1", seq: 1 });
    const error = await world.say("c1", { action: "sendPublic", requestId: "r2" });
    expect(error).to.include({ type: "error", requestId: "r2", code: "invalid_request" });
  });

  it("plain words typed into a bare socket are relayed and acknowledged", async () => {
    await world.open("c1");
    await world.open("c2");
    expect(await world.say("c1", "hello")).to.include({ type: "ack", conversation: "lobby" });
    expect(world.sentTo("c2")).to.have.nested.property("[0].content", "hello");
  });

  describe("a refusal before the connection's row is read", () => {
    const asNamesReadIt = (code: string, message: RegExp) => (answer: Answer) => {
      expect(answer).to.include({ type: "error", code });
      expect(answer?.systemMessage).to.match(message);
    };

    it("of too much at once is in the dialect that the connection was seen to speak", async () => {
      await world.open("two", { dialect: "names" });
      await world.say("two", { action: "ping" });
      const { burst } = LIMITS.rates.connection;
      const answers = await Promise.all(Array.from({ length: burst + 50 }, () => world.say("two", { action: "ping" })));
      const limited = answers.filter((answer) => answer?.code === "rate_limited");
      expect(limited).not.to.deep.equal([]);
      limited.forEach(asNamesReadIt("rate_limited", /too much at once/));
    });

    it("because nothing can be read, too, and so is one of a connection that is gone", async () => {
      let isDown = false;
      const { say } = world.instance((_call, make) =>
        isDown ? Promise.reject(Object.assign(new Error("busy"), { name: "ThrottlingException" })) : make(),
      );
      await world.open("two", { dialect: "names" });
      await say("two", { action: "ping" });
      isDown = true;
      asNamesReadIt("unavailable", /busy/)(await say("two", { action: "ping" }));
      isDown = false;
      await forgetConnection(world.ports, "two");
      asNamesReadIt("not_connected", /connect again/)(await say("two", { action: "ping" }));
    });

    it("is in that of the frame, when this instance has not seen the connection", async () => {
      await world.open("two", { dialect: "names" });
      const { say } = world.instance(() => Promise.reject(new Error("down")));
      asNamesReadIt("internal", /on our side/)(await say("two", { action: "setName", name: "two" }));
      expect(await say("two", { action: "ping" }))
        .to.include({ code: "internal" })
        .and.not.have.property("systemMessage");
    });

    it("is known of so many connections, and no more", () => {
      const here = connectionsHere(2);
      for (const connectionId of ["a", "b", "c"]) here.note({ connectionId, userId: "ann", dialect: "rooms" });
      const known = { userId: "ann", dialect: "rooms" };
      expect(["a", "b", "c"].map(here.recall)).to.deep.equal([undefined, known, known]);
    });

    it("is noted when it shows, of a connection that was known before", () => {
      const here = connectionsHere(1);
      here.note({ connectionId: "a", userId: "ann" });
      expect(here.recall("a")).to.deep.equal({ userId: "ann" });
      here.note({ connectionId: "a", userId: "ann", dialect: "names" });
      expect(here.recall("a")).to.deep.equal({ userId: "ann", dialect: "names" });
    });
  });
});
