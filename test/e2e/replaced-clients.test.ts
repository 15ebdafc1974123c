// The clients of the replaced systems against `npm start`, frame by frame: through the synthesized Terraform of stage dev, real sockets,
// the bundles in their workers and the embedded database.
import { expect } from "chai";
import { connectClient, refusedHandshake, type TestClient } from "#test/local/support/test-client.ts";
import { type RunningProduct, startProduct } from "./running-product.ts";

describe("npm start, and the clients of the replaced systems", function () {
  this.timeout(60_000);
  let product: RunningProduct;
  let clients: TestClient[] = [];

  before(async () => {
    product = await startProduct();
  });
  after(async () => {
    expect(await product.stop()).to.equal(0);
  });
  afterEach(async () => {
    for (const client of clients) expect(client.unread, "frames nobody expected").to.deep.equal([]);
    await Promise.all(clients.map((client) => client.close()));
    clients = [];
  });

  const connect = async (query = "") => {
    const client = await connectClient(`${product.webSocketUrl}${query}`);
    clients.push(client);
    return client;
  };
  const next = async (client: TestClient) => JSON.parse(await client.next());

  it("serves stage dev", () => {
    expect(product.webSocketUrl).to.match(/^ws:\/\/127\.0\.0\.1:\d+\/dev$/);
  });

  it("system 0: what one page sends, the others show", async () => {
    const [one, other, third] = [await connect(), await connect(), await connect()];
    one.send({ actionn: "sendMessage", data: "hello" });
    for (const page of [other, third]) {
      expect(await next(page)).to.include({ type: "message", message: "hello", content: "hello" });
    }
    other.send({ actionn: "sendMessage", data: "hello yourself" });
    for (const page of [one, third]) expect(await next(page)).to.include({ message: "hello yourself" });
    one.send("not even JSON");
    for (const page of [other, third]) expect(await next(page)).to.include({ message: "not even JSON" });
  });

  it("system 1: one connection, everybody, rooms", async () => {
    const [one, other] = [await connect(), await connect()];
    other.send({ action: "joinRoom", room: "general" });
    expect(await next(other)).to.deep.include({
      type: "ack",
      action: "joinRoom",
      conversation: "room:general",
      seq: 0,
    });
    other.send({ action: "whoami" });
    const { connectionId } = await next(other);
    expect(connectionId).to.match(/^[A-Za-z0-9_-]{15}=$/);
    one.send({ action: "sendMessage", targetId: connectionId, message: "Hello World!" });
    expect(await next(other)).to.include({ type: "message", message: "Hello World!" });
    expect(await next(one)).to.include({ type: "ack", action: "sendMessage" });
    one.send({ action: "broadcast", message: "hello all" });
    expect(await next(other)).to.include({ message: "hello all" });
    expect(await next(one)).to.include({ type: "ack" });
    other.send({ action: "leaveRoom", room: "general" });
    expect(await next(other)).to.include({ type: "ack", action: "leaveRoom" });
  });

  it("system 2: names, public and private messages, coming and leaving", async () => {
    const [bob, alice] = [await connect(), await connect()];
    bob.send({ action: "setName", name: "bob" });
    expect(await next(bob)).to.deep.equal({ members: ["bob"] });
    expect(await next(bob)).to.deep.equal({ systemMessage: "bob has joined the chat" });
    alice.send({ action: "$setName", name: "alice" });
    for (const client of [bob, alice]) {
      expect((await next(client)).members).to.have.members(["bob", "alice"]);
      expect(await next(client)).to.deep.equal({ systemMessage: "alice has joined the chat" });
    }
    bob.send({ action: "sendPublic", message: "hi" });
    for (const client of [bob, alice]) expect(await next(client)).to.deep.equal({ publicMessage: "bob: hi" });
    bob.send({ action: "sendPrivate", to: "alice", message: "psst" });
    expect(await next(alice)).to.deep.equal({ privateMessage: "bob: psst" });
    await bob.close();
    expect(await next(alice)).to.deep.equal({ systemMessage: "bob has left the chat" });
    expect(await next(alice)).to.deep.equal({ members: ["alice"] });
  });

  it("system 4: direct messages by user id and their history", async () => {
    const [one, other] = [await connect("?userId=u1"), await connect("?userId=u2")];
    one.send({ action: "sendMessage", recipientId: "u2", content: "hi" });
    expect(await next(other)).to.deep.equal({ type: "message", value: { senderId: "u1", content: "hi" } });
    other.send({ action: "sendMessage", recipientId: "u1", content: "hi back" });
    expect(await next(one)).to.deep.equal({ type: "message", value: { senderId: "u2", content: "hi back" } });
    one.send({ action: "getMessages", targetId: "u2", limit: 1 });
    const first = await next(one);
    expect(first.type).to.equal("messages");
    expect(first.value.messages).to.have.lengthOf(1);
    expect(first.value.messages[0]).to.include({ roomId: "u1#u2", content: "hi back", senderId: "u2" });
    one.send({ action: "getMessages", targetId: "u2", limit: 10, startKey: first.value.lastEvaluatedKey });
    const second = await next(one);
    expect(second.value.messages.map(({ content }: { content: string }) => content)).to.deep.equal(["hi"]);
    expect(second.value).not.to.have.property("lastEvaluatedKey");
  });

  it("all of them in one conversation, each in its own shape", async () => {
    const [zero, two, native] = [await connect(), await connect(), await connect("?dialect=native&userId=nat")];
    two.send({ action: "setName", name: "two" });
    expect(await next(two)).to.have.property("members");
    expect(await next(two)).to.have.property("systemMessage");
    zero.send({ actionn: "sendMessage", data: "from zero" });
    expect((await next(two)).publicMessage).to.match(/: from zero$/);
    expect(await next(native)).to.include({ type: "message", conversation: "lobby", content: "from zero" });
    native.send({ action: "sendMessage", to: { everyone: true }, content: "from native", requestId: "r" });
    expect(await next(zero)).to.include({ message: "from native" });
    expect(await next(two)).to.deep.equal({ publicMessage: "nat: from native" });
    expect(await next(native)).to.include({ type: "ack", requestId: "r" });
  });

  it("answers what it does not understand with a typed error, and goes on", async () => {
    const client = await connect();
    for (const [frame, code] of [
      ['{"action":"sendMessage"', "invalid_json"],
      ["[]", "invalid_json"],
      ['{"action":"fly","requestId":"r1"}', "unknown_action"],
      ['{"action":"sendMessage","requestId":"r1"}', "invalid_request"],
      ['{"action":"joinRoom","room":{},"requestId":"r1"}', "invalid_request"],
      ['{"action":"sendPrivate","to":"nobody","message":"x","requestId":"r1"}', "not_found"],
    ] as const) {
      client.send(frame);
      const answer = await next(client);
      expect(answer, frame).to.include({ type: "error", code });
      if (frame.includes("requestId")) expect(answer).to.include({ requestId: "r1" });
    }
    client.send({ action: "ping" });
    expect(await next(client)).to.include({ type: "ack", action: "ping" });
  });

  it("refuses a handshake that cannot be, with its status", async () => {
    expect(await refusedHandshake(`${product.webSocketUrl}?dialect=klingon`)).to.include({ status: 400 });
    expect(await refusedHandshake(product.webSocketUrl.replace(/dev$/, "prod"))).to.include({ status: 403 });
  });
});
