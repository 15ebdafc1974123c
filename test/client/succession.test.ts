import { expect } from "chai";
import { HEARTBEAT } from "#client/heartbeat.ts";
import { RECONNECT } from "#client/reconnect.ts";
import { SUCCESSION, successionDelayMs } from "#client/succession.ts";
import { ChatError } from "#protocol/errors.ts";
import { type Connection, ProtocolServer, type Received } from "./protocol-server.ts";
import { type TestClient, testClient } from "./test-client.ts";

const TEA = "room:tea";
const DUE_MS = successionDelayMs(() => 0.5);

describe("client succession", () => {
  let server: ProtocolServer;
  let ann: TestClient;
  let first: Connection;

  beforeEach(async () => {
    server = await ProtocolServer.start();
    ann = testClient({ url: server.url, userId: "ann", name: "Ann" });
    first = await server.connected.next();
    await ann.client.joinRoom("tea");
    await ann.conversations.next();
    await ann.state("open");
  });

  afterEach(async () => {
    ann.client.close();
    await server.close();
    expect(ann.messages.unread, "unread messages").to.deep.equal([]);
    expect(ann.gaps.unread, "unread gaps").to.deep.equal([]);
    expect(ann.problems.unread, "unread problems").to.deep.equal([]);
    expect(ann.timers.waiting, "timers left running").to.equal(0);
  });

  /** Time passes in small steps, so that pings are answered. */
  async function untilDue(): Promise<Connection> {
    for (let passed = 0; passed < DUE_MS; passed += 60_000) {
      await ann.client.ping();
      ann.timers.advance(Math.min(60_000, DUE_MS - passed));
    }
    return server.connected.next();
  }

  it("moves to a new connection before API Gateway ends the old one, without being closed in between", async () => {
    const closed = new Promise((resolve) => first.socket.once("close", resolve));
    const second = await untilDue();
    await closed;
    expect(ann.states.unread).to.deep.equal([]);
    expect(ann.client.state.status).to.equal("open");
    await ann.client.sendMessage({ room: "tea" }, "from the new one");
    expect((await ann.messages.next()).content).to.equal("from the new one");
    expect([...server.connections]).to.deep.equal([second]);
  });

  it("does not let the others see us leave", async () => {
    const bob = testClient({ url: server.url, userId: "bob" });
    await bob.client.joinRoom("tea");
    await server.connected.next();
    const closed = new Promise((resolve) => first.socket.once("close", resolve));
    await untilDue();
    await closed;
    await bob.client.ping();
    expect(bob.presence.unread.map(({ event }) => event)).not.to.include("leave");
    bob.client.close();
  });

  it("loses nothing that was said to the old connection only", async () => {
    server.intercept = ({ connection, request }) => {
      if (connection === first || request.action !== "joinRoom") return "pass";
      server.intercept = () => "pass";
      server.push(server.write(TEA, "1"), [first]);
      server.write(TEA, "2");
      return "pass";
    };
    await untilDue();
    expect((await ann.messages.take(2)).map(({ content }) => content)).to.deep.equal(["1", "2"]);
  });

  it("repeats on the new connection what the old one had not answered", async () => {
    let held = 0;
    server.intercept = ({ connection, request }) => {
      if (connection !== first || request.action !== "sendMessage") return "pass";
      held += 1;
      return "handled";
    };
    for (let passed = 0; passed < DUE_MS - 5_000; passed += 60_000) {
      await ann.client.ping();
      ann.timers.advance(Math.min(60_000, DUE_MS - 5_000 - passed));
    }
    const sent = ann.client.sendMessage({ room: "tea" }, "once");
    await ann.client.ping();
    ann.timers.advance(5_000);
    expect((await sent).seq).to.equal(1);
    expect(held).to.equal(1);
    expect((await ann.messages.next()).seq).to.equal(1);
  });

  it("stays on the old connection while no new one can be set up, and tries again", async () => {
    let refusals = 2;
    const closed = new Promise((resolve) => first.socket.once("close", resolve));
    server.intercept = (received) => {
      if (received.connection === first || received.request.action !== "joinRoom" || refusals === 0) return "pass";
      refusals -= 1;
      server.refuse(received, new ChatError("unavailable", "Throttled."));
      return "handled";
    };
    await untilDue();
    for (const delayMs of [RECONNECT.firstMs / 2, RECONNECT.firstMs]) {
      await ann.timers.delays.find((ms) => ms === delayMs);
      await ann.client.ping();
      ann.timers.advance(delayMs);
      await server.connected.next();
    }
    await closed;
    expect(ann.states.unread).to.deep.equal([]);
    expect((await ann.client.ping()).type).to.equal("ack");
  });

  it("notices after a failed move that the old connection is dead, too", async () => {
    server.intercept = ({ connection }) => (connection === first ? "pass" : "handled");
    await untilDue();
    await server.received.find(({ connection }) => connection !== first);
    server.intercept = () => "handled";
    ann.timers.advance(HEARTBEAT.silenceMs);
    expect(ann.states.unread, "back on the old connection").to.deep.equal([]);
    ann.timers.advance(HEARTBEAT.silenceMs);
    const state = await ann.state("closed");
    expect(state.status === "closed" && state.why.words).to.equal("The server stopped answering.");
  });

  it("takes along a room that the old connection is let into meanwhile", async () => {
    const joins: Received[] = [];
    server.intercept = (received) => {
      const { connection, request } = received;
      if (request.action !== "joinRoom") return "pass";
      if (connection === first) joins.push(received);
      else for (const join of joins.splice(0)) server.answer(join);
      return connection === first ? "handled" : "pass";
    };
    const dueSoon = DUE_MS - 5_000;
    for (let passed = 0; passed < dueSoon; passed += 60_000) {
      await ann.client.ping();
      ann.timers.advance(Math.min(60_000, dueSoon - passed));
    }
    const closed = new Promise((resolve) => first.socket.once("close", resolve));
    const joined = ann.client.joinRoom("cake");
    await ann.client.ping();
    ann.timers.advance(5_000);
    await joined;
    await closed;
    expect([...server.connections].map(({ rooms }) => [...rooms])).to.deep.equal([["room:tea", "room:cake"]]);
  });

  it("is an ordinary reconnect when the old connection is lost before the new one is there", async () => {
    server.intercept = ({ connection, request }) => {
      if (connection !== first && request.action === "joinRoom") {
        server.dropAll();
        server.intercept = () => "pass";
        return "handled";
      }
      return "pass";
    };
    await untilDue();
    await ann.retry();
    await ann.state("open");
    await ann.client.sendMessage({ room: "tea" }, "back");
    expect((await ann.messages.next()).content).to.equal("back");
  });
});

describe("client/succession", () => {
  it("is spread over a quarter of an hour, and over before two hours have passed", () => {
    expect(successionDelayMs(() => 0)).to.equal(SUCCESSION.firstMs);
    expect(successionDelayMs(() => 0.999_999)).to.be.closeTo(SUCCESSION.lastMs, 1_000);
    expect(SUCCESSION.lastMs - SUCCESSION.firstMs).to.equal(15 * 60_000);
    expect(SUCCESSION.lastMs).to.be.below(120 * 60_000);
  });
});
