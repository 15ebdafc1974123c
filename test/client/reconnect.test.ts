import { expect } from "chai";
import { WebSocketServer } from "ws";
import { HEARTBEAT } from "#client/heartbeat.ts";
import { RECONNECT, reconnectDelayMs } from "#client/reconnect.ts";
import { ChatError } from "#protocol/errors.ts";
import { ProtocolServer } from "./protocol-server.ts";
import { rejection } from "./rejection.ts";
import { type TestClient, testClient } from "./test-client.ts";

const TEA = "room:tea";

describe("client reconnect", () => {
  let server: ProtocolServer;
  let ann: TestClient;

  beforeEach(async () => {
    server = await ProtocolServer.start();
    ann = testClient({ url: server.url, userId: "ann", name: "Ann" });
    await ann.state("open");
  });

  afterEach(async () => {
    ann.client.close();
    await server.close();
    expect(ann.messages.unread, "unread messages").to.deep.equal([]);
    expect(ann.timers.waiting, "timers left running").to.equal(0);
  });

  it("says that and why the connection was lost, and when it tries again", async () => {
    server.dropAll();
    expect(await ann.state("closed")).to.deep.equal({
      status: "closed",
      why: { code: 1006, words: "The connection was lost." },
      retryInMs: RECONNECT.firstMs / 2,
    });
    ann.timers.advance(RECONNECT.firstMs / 2 - 1);
    expect(ann.client.state.status).to.equal("closed");
    ann.timers.advance(1);
    expect(ann.client.state.status).to.equal("connecting");
    await ann.state("open");
  });

  it("restores the name and the rooms", async () => {
    await ann.client.joinRoom("tea");
    await ann.client.joinRoom("cake");
    await ann.client.joinRoom("left");
    await ann.client.leaveRoom("left");
    await ann.client.setName("Anna");
    await ann.joined.take(3);
    server.dropAll();
    await ann.retry();
    await ann.state("open");
    const [connection] = server.connections;
    expect(connection?.user).to.deep.equal({ id: "ann", name: "Anna" });
    expect([...(connection?.rooms ?? [])].sort()).to.deep.equal(["room:cake", "room:tea"]);
    expect((await ann.joined.take(2)).map(({ room }) => room)).to.deep.equal(["tea", "cake"]);
  });

  it("delivers exactly what was missed, before what is new", async () => {
    await ann.client.joinRoom("tea");
    await ann.client.sendMessage({ room: "tea" }, "1");
    server.dropAll();
    await ann.state("closed");
    for (let count = 2; count <= 120; count += 1) server.write(TEA, `${count}`);
    server.intercept = (received) => {
      if (received.request.action !== "resume") return "pass";
      server.intercept = () => "pass";
      server.push(server.write(TEA, "121"));
      return "pass";
    };
    ann.timers.advance(RECONNECT.firstMs);
    const messages = await ann.messages.take(121);
    expect(messages.map(({ content }) => content)).to.deep.equal(
      Array.from({ length: 121 }, (_, index) => `${index + 1}`),
    );
    expect(ann.gaps.unread).to.deep.equal([]);
  });

  it("says which of the missed messages cannot be had any more", async () => {
    await ann.client.joinRoom("tea");
    server.dropAll();
    await ann.state("closed");
    for (const content of ["1", "2", "3"]) server.write(TEA, content);
    server.store.remove(TEA, 1);
    server.store.remove(TEA, 2);
    ann.timers.advance(RECONNECT.firstMs);
    expect((await ann.messages.next()).content).to.equal("3");
    expect(await ann.gaps.next()).to.deep.equal({ conversation: TEA, kind: "lost", from: 1, to: 2 });
  });

  it("sends what had no answer again, under the same id, so that it is stored once", async () => {
    await ann.client.joinRoom("tea");
    server.intercept = ({ connection, request }) => {
      if (request.action !== "sendMessage") return "pass";
      server.write(TEA, request.content, { sender: connection.user, id: request.id ?? "" });
      connection.socket.terminate();
      server.intercept = () => "pass";
      return "handled";
    };
    const sent = ann.client.sendMessage({ room: "tea" }, "stored, but the answer was lost");
    await ann.retry();
    expect((await sent).seq).to.equal(1);
    expect(server.store.lastSeq(TEA)).to.equal(1);
    expect((await ann.messages.next()).seq).to.equal(1);
  });

  it("waits longer after each failure, never longer than the ceiling", async () => {
    await server.close();
    const delays: (number | undefined)[] = [];
    while (delays.length < 9) {
      const closed = await ann.state("closed");
      if (closed.status !== "closed") throw new Error("unreachable");
      delays.push(closed.retryInMs);
      if (delays.length < 9) ann.timers.advance(closed.retryInMs ?? 0);
    }
    expect(delays).to.deep.equal([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    server = await ProtocolServer.start();
  });

  it("tells a server that cannot be reached from a lost connection", async () => {
    await server.close();
    await ann.retry();
    const state = await ann.state("closed");
    expect(state.status === "closed" && state.why.words).to.match(/^The server cannot be reached, or refused/);
    server = await ProtocolServer.start();
  });

  it("repeats the reason of a refused handshake where the runtime tells it", async () => {
    const refusing = new WebSocketServer({ port: 0, host: "127.0.0.1", verifyClient: () => false });
    await new Promise<void>((resolve) => refusing.once("listening", resolve));
    const { port } = refusing.address() as { port: number };
    const bob = testClient({ url: `ws://127.0.0.1:${port}/dev` });
    const state = await bob.state("closed");
    expect(state.status === "closed" && state.why.words).to.contain("401");
    bob.client.close();
    await new Promise((resolve) => refusing.close(resolve));
  });

  it("tries at once when told to", async () => {
    server.dropAll();
    await ann.state("closed");
    ann.client.open();
    await ann.state("open");
  });

  it("stops when closed, and continues with name and rooms when opened", async () => {
    await ann.client.joinRoom("tea");
    ann.client.close();
    expect(await ann.state("closed")).to.deep.equal({
      status: "closed",
      why: { code: 1000, words: "You closed the connection." },
    });
    ann.timers.advance(3_600_000);
    expect(ann.client.state.status).to.equal("closed");
    server.write(TEA, "while away");
    ann.client.open();
    expect((await ann.messages.next()).content).to.equal("while away");
  });

  it("goes to a new connection when the server does not know this one any more", async () => {
    const [first] = server.connections;
    server.intercept = (received) => {
      server.intercept = () => "pass";
      server.refuse(received, new ChatError("not_connected", "Connect again."));
      return "handled";
    };
    const answer = ann.client.ping();
    await ann.retry();
    expect((await answer).type).to.equal("ack");
    expect(server.connections).not.to.include(first);
  });

  it("leaves out a room that refuses it for good, and reports that", async () => {
    await ann.client.joinRoom("tea");
    server.intercept = (received) => {
      if (received.request.action !== "joinRoom") return "pass";
      server.refuse(received, new ChatError("too_many_rooms", "Leave one first."));
      return "handled";
    };
    server.dropAll();
    await ann.retry();
    await ann.state("open");
    expect((await ann.problems.next()).code).to.equal("too_many_rooms");
    await ann.client.ping();
    const resumed = server.received.unread.flatMap(({ request }) =>
      request.action === "resume" ? request.conversations.map(({ conversation }) => conversation) : [],
    );
    expect(resumed).not.to.include(TEA);
  });

  it("tries again when the server cannot restore a room just now", async () => {
    await ann.client.joinRoom("tea");
    server.intercept = (received) => {
      if (received.request.action !== "joinRoom") return "pass";
      server.intercept = () => "pass";
      server.refuse(received, new ChatError("unavailable", "Throttled."));
      return "handled";
    };
    server.dropAll();
    await ann.retry();
    const state = await ann.state("closed");
    if (state.status !== "closed") throw new Error("unreachable");
    expect(state.why.words).to.equal("The connection could not be set up. (Throttled.)");
    expect(state.retryInMs).to.equal(RECONNECT.firstMs);
    ann.timers.advance(RECONNECT.firstMs);
    await ann.state("open");
    expect(server.connections.values().next().value?.rooms).to.include(TEA);
  });

  it("asks nothing more once closed in the middle of setting up", async () => {
    server.intercept = () => "handled";
    server.dropAll();
    await ann.retry();
    const failed = rejection(ann.client.ping());
    await server.next("setName");
    ann.client.close();
    expect((await failed).code).to.equal("closed");
    expect(ann.client.state).to.deep.include({ status: "closed" }).and.not.to.have.property("retryInMs");
  });

  it("keeps an idle connection alive", async () => {
    await ann.client.ping();
    ann.timers.advance(HEARTBEAT.idleMs);
    const { connection } = await server.next("ping");
    expect(connection.user.id).to.equal("ann");
    expect(HEARTBEAT.idleMs).to.be.below(10 * 60_000);
  });

  it("notices a connection on which nothing comes back, and repeats the request on a new one", async () => {
    server.intercept = () => "handled";
    const answer = ann.client.whoami();
    await server.next("whoami");
    server.intercept = () => "pass";
    ann.timers.advance(HEARTBEAT.silenceMs);
    const state = await ann.state("closed");
    if (state.status !== "closed") throw new Error("unreachable");
    expect(state.why.words).to.equal("The server stopped answering.");
    ann.timers.advance(state.retryInMs ?? 0);
    expect((await answer).user.id).to.equal("ann");
  });
});

describe("client/reconnect-delay", () => {
  it("is anything between nothing and the ceiling", () => {
    expect(reconnectDelayMs(3, () => 0)).to.equal(0);
    expect(reconnectDelayMs(3, () => 0.999_999)).to.equal(RECONNECT.firstMs * 8 - 1);
    expect(reconnectDelayMs(5_000, () => 0.5)).to.equal(RECONNECT.mostMs / 2);
  });
});
