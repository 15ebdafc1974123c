import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { expect } from "chai";
import { WebSocket } from "ws";
import { RECONNECT } from "#client/reconnect.ts";
import { HANDSHAKE_MS } from "#client/socket.ts";
import { successionDelayMs } from "#client/succession.ts";
import { ProtocolServer } from "./protocol-server.ts";
import { Queue } from "./queue.ts";
import { type TestClient, testClient } from "./test-client.ts";

describe("a handshake that is never answered", () => {
  let silent: Server;
  let server: ProtocolServer;
  let ann: TestClient;
  /** Where the next socket goes, whatever the client asks for. */
  let address: string;
  let silentAddress: string;
  let accepted: Queue<unknown>;

  class Redirected extends WebSocket {
    constructor() {
      super(address);
    }
  }

  beforeEach(async () => {
    server = await ProtocolServer.start();
    accepted = new Queue();
    silent = createServer((socket) => {
      // read, so that its end is noticed
      socket.on("error", () => undefined).resume();
      accepted.push(socket);
    }).listen(0, "127.0.0.1");
    await once(silent, "listening");
    silentAddress = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}/dev`;
  });

  afterEach(async () => {
    ann.client.close();
    await server.close();
    await new Promise((resolve) => silent.close(resolve));
    expect(ann.timers.waiting, "timers left running").to.equal(0);
  });

  it("is given up, and tried again like a server that is away", async () => {
    address = silentAddress;
    ann = testClient({ url: server.url, userId: "ann", webSocket: Redirected });
    await accepted.next();
    ann.timers.advance(HANDSHAKE_MS - 1);
    expect(ann.client.state.status).to.equal("connecting");
    ann.timers.advance(1);
    expect(ann.client.state).to.deep.equal({
      status: "closed",
      why: { code: 1006, words: "The server did not answer the handshake within 30 s.", neverOpened: true },
      retryInMs: RECONNECT.firstMs / 2,
    });
    address = server.url;
    ann.timers.advance(RECONNECT.firstMs / 2);
    expect((await ann.client.ping()).type).to.equal("ack");
  });

  it("does not keep a client on a connection that is soon to end: another is tried", async () => {
    address = server.url;
    ann = testClient({ url: server.url, userId: "ann", webSocket: Redirected });
    const first = await server.connected.next();
    await ann.state("open");
    address = silentAddress;
    const dueMs = successionDelayMs(() => 0.5);
    for (let passed = 0; passed < dueMs; passed += 60_000) {
      await ann.client.ping();
      ann.timers.advance(Math.min(60_000, dueMs - passed));
    }
    await accepted.next();
    await ann.client.ping();
    ann.timers.advance(HANDSHAKE_MS);
    address = server.url;
    await ann.client.ping();
    const closed = once(first.socket, "close");
    ann.timers.advance(RECONNECT.firstMs / 2);
    await server.connected.next();
    await closed;
    expect(ann.client.state.status).to.equal("open");
    expect((await ann.client.ping()).type).to.equal("ack");
  });
});
