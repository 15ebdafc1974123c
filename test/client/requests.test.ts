import { expect } from "chai";
import { WebSocket } from "ws";
import { connect } from "#client/connect.ts";
import { REQUEST } from "#client/requests.ts";
import { ChatError } from "#protocol/errors.ts";
import { ProtocolServer } from "./protocol-server.ts";
import { rejection } from "./rejection.ts";
import { type TestClient, testClient } from "./test-client.ts";

describe("client requests", () => {
  let server: ProtocolServer;
  let ann: TestClient;

  beforeEach(async () => {
    server = await ProtocolServer.start();
    ann = testClient({ url: server.url, userId: "ann", name: "Ann" });
  });

  afterEach(async () => {
    ann.client.close();
    await server.close();
    expect(ann.timers.waiting, "timers left running").to.equal(0);
  });

  it("connect with the native dialect and the user id in the URL, keeping its other parameters", async () => {
    const { url } = await server.connected.next();
    expect(url.pathname).to.equal("/dev");
    expect(url.searchParams.get("dialect")).to.equal("native");
    expect(url.searchParams.get("userId")).to.equal("ann");

    const other = testClient({ url: `${server.url}?token=t%261`, userId: "ä & b" });
    const connection = await server.connected.next();
    expect(connection.url.searchParams.get("token")).to.equal("t&1");
    expect(connection.user.id).to.equal("ä & b");
    other.client.close();
  });

  it("wait for the connection, and each gets its own answer", async () => {
    const answers = await Promise.all([ann.client.whoami(), ann.client.ping(), ann.client.joinRoom("tea")]);
    const [who, ping, join] = answers;
    expect(who.user).to.deep.equal({ id: "ann", name: "Ann" });
    expect(new Date(ping.at).getTime()).to.be.closeTo(Date.now(), 60_000);
    expect(join.members).to.deep.equal([{ id: "ann", name: "Ann" }]);
    expect(ann.client.me).to.deep.equal({ id: "ann", name: "Ann" });
  });

  it("store messages and edits of a conversation in the order of the calls, and keep no other waiting", async () => {
    await ann.state("open");
    const held: (() => void)[] = [];
    server.intercept = (received) => {
      if (!("to" in received.request) && !("of" in received.request)) return "pass";
      held.push(() => server.answer(received));
      return "handled";
    };
    await ann.client.joinRoom("tea");
    const first = ann.client.sendMessage({ room: "tea" }, "first");
    const second = ann.client.sendMessage({ room: "tea" }, "second");
    const elsewhere = ann.client.sendMessage({ user: "bob" }, "elsewhere");
    const edit = ann.client.editMessage("room:tea", 1, "1st");
    await server.next("sendMessage");
    await server.next("sendMessage");
    expect(held, "the first, and the one to somebody else").to.have.lengthOf(2);
    for (const answer of held.splice(0).reverse()) answer();
    await Promise.all([first, elsewhere]);
    await server.next("sendMessage");
    expect(held).to.have.lengthOf(1);
    held.pop()?.();
    await server.next("editMessage");
    held.pop()?.();
    expect([(await first).seq, (await second).seq, (await edit).seq]).to.deep.equal([1, 2, 3]);
  });

  it("are matched by request id, in whatever order the answers come", async () => {
    await ann.state("open");
    const held: (() => void)[] = [];
    server.intercept = (received) => {
      held.push(() => server.answer(received));
      return "handled";
    };
    const members = ann.client.members("tea");
    const pong = ann.client.ping();
    await server.next("members");
    await server.next("ping");
    for (const answer of held.reverse()) answer();
    expect((await members).conversation).to.equal("room:tea");
    expect((await pong).action).to.equal("ping");
  });

  it("reject with the server's code, its words and whether to try again", async () => {
    const error = await rejection(ann.client.sendMessage({ room: "closed club" }, "hi"));
    expect(error.code).to.equal("not_a_member");
    expect(error.retryable).to.equal(false);
    expect(error.message).to.equal('You are not in the room "closed club": join it first.');
  });

  it("take the retryable flag from the frame", async () => {
    await ann.state("open");
    server.intercept = (received) => {
      server.refuse(received, new ChatError("unavailable", "Try again."));
      return "handled";
    };
    expect((await rejection(ann.client.ping())).retryable).to.equal(true);
  });

  it("reject with timeout when no answer comes although the connection lives", async () => {
    await ann.state("open");
    server.intercept = (received) => {
      if (received.request.action !== "members") return "pass";
      return "handled";
    };
    const failed = rejection(ann.client.members("tea"));
    await server.next("members");
    for (let passed = 0; passed < REQUEST.timeoutMs; passed += 10_000) {
      const pong = ann.client.ping();
      await pong;
      ann.timers.advance(10_000);
    }
    const error = await failed;
    expect(error.code).to.equal("timeout");
    expect(error.retryable).to.equal(true);
    expect(error.message).to.equal('No answer to "members" within 30 s.');
  });

  it("are refused before they are sent when a frame cannot carry them", async () => {
    await ann.state("open");
    const error = await rejection(ann.client.sendMessage({ everyone: true }, "€".repeat(11_000)));
    expect(error.code).to.equal("message_too_large");
    expect(ann.client.state.status).to.equal("open");
  });

  it("reject with closed when the client is closed", async () => {
    await ann.state("open");
    server.intercept = () => "handled";
    const failed = rejection(ann.client.ping());
    ann.client.close();
    expect((await failed).code).to.equal("closed");
    expect((await rejection(ann.client.ping())).message).to.equal("The connection is closed: open it first.");
  });

  it("take an error of API Gateway itself as the answer when just one request waits", async () => {
    await ann.conversations.next();
    server.intercept = ({ connection }) => {
      server.send(connection, { message: "Internal server error", connectionId: "c", requestId: "gateway-1" });
      return "handled";
    };
    const error = await rejection(ann.client.ping());
    expect(error.code).to.equal("unavailable");
    expect(error.retryable).to.equal(true);
    expect(error.message).to.contain("Internal server error");
  });

  it("report an error of API Gateway as a problem when nothing tells whose it is", async () => {
    await ann.state("open");
    const [connection] = server.connections;
    if (connection === undefined) throw new Error("not connected");
    server.send(connection, { message: "Forbidden", connectionId: "c", requestId: "gateway-1" });
    expect((await ann.problems.next()).code).to.equal("unknown_action");
  });

  it("are not disturbed by frames this client does not know", async () => {
    await ann.state("open");
    const [connection] = server.connections;
    connection?.socket.send("not JSON");
    connection?.socket.send("[1]");
    connection?.socket.send('{"type":"weather","sunny":true}');
    connection?.socket.send(Buffer.from([1, 2, 3]));
    expect((await ann.client.ping()).type).to.equal("ack");
    expect(ann.problems.unread).to.deep.equal([]);
  });

  it("are sent with an id of their own, so that a message can be repeated safely", async () => {
    await ann.client.sendMessage({ everyone: true }, "one");
    const { request } = await server.next("sendMessage");
    expect(request)
      .to.have.property("id")
      .that.matches(/^[0-9a-f]{32}$/);
  });
});

describe("client connect", () => {
  it("refuses what is not a WebSocket URL, showing it", () => {
    expect(() => connect({ url: "127.0.0.1:3001", webSocket: WebSocket })).to.throw('"127.0.0.1:3001"');
    expect(() => connect({ url: "https://example.com/dev", webSocket: WebSocket })).to.throw("ws:// or wss://");
  });

  it("says what to do in a runtime without WebSocket", function () {
    if ("WebSocket" in globalThis) this.skip();
    expect(() => connect({ url: "ws://127.0.0.1:1/dev" })).to.throw('import { WebSocket } from "ws"');
  });
});
