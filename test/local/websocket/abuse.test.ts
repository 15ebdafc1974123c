// Clients that do what no client should: the gateway stays up, and everybody else is served.
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import fc from "fast-check";
import type { LambdaService } from "#local/lambda/lambda-service.ts";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { runLambda } from "../support/running-lambda.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient } from "../support/test-client.ts";

const names = ["connect", "disconnect", "default"];
const routes = [buildRoute("$connect"), buildRoute("$disconnect"), buildRoute("$default", { twoWay: true })];
const stack = buildStack({
  functions: names.map((name) => buildFunction(name)),
  apis: [buildApi([buildStage(routes)])],
});
const handshake = [
  "GET /dev HTTP/1.1",
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
].join("\r\n");

describe("abuse", () => {
  let running: RunningGateway;
  let invoker: FakeInvoker;
  const start = async (options: Partial<Parameters<typeof runGateway>[0]> = {}): Promise<void> => {
    invoker = new FakeInvoker({ default: ({ body }) => ({ statusCode: 200, body }) });
    running = await runGateway({ stack, invoker, ...options });
  };
  /** A socket that is only a socket; errors are what is expected of it. */
  const rawSocket = async (): Promise<Socket> => {
    const socket = connectTcp(running.port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  };
  const openRaw = async (): Promise<Socket> => {
    const socket = await rawSocket();
    socket.write(handshake);
    await once(socket, "data");
    return socket;
  };
  const stillServes = async (): Promise<void> => {
    const client = await connectClient(running.url);
    client.send("hello");
    expect(await client.next()).to.equal("hello");
    await client.close();
  };
  afterEach(() => running.close());

  it("by handshakes of any bytes does not end the gateway", async () => {
    await start();
    const mangled = fc
      .tuple(fc.nat(handshake.length), fc.string({ unit: "binary", maxLength: 20 }), fc.nat(30))
      .map(([at, insert, drop]) => handshake.slice(0, at) + insert + handshake.slice(at + drop));
    const bytes = fc.oneof(mangled, fc.string({ unit: "binary", maxLength: 200 }));
    await fc.assert(
      fc.asyncProperty(bytes, async (text) => {
        const socket = await rawSocket();
        socket.end(text);
        socket.resume();
        if (!socket.closed) await once(socket, "close");
      }),
      { numRuns: 300 },
    );
    await stillServes();
  });

  it("by frames of any bytes ends that connection alone, with one $disconnect for each", async () => {
    await start();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const socket = await openRaw();
        socket.end(bytes);
        socket.resume();
        if (!socket.closed) await once(socket, "close");
      }),
      { numRuns: 300 },
    );
    await stillServes();
    await invoker.called("disconnect", invoker.eventsOf("connect").length);
    const ids = invoker.eventsOf("disconnect").map(({ requestContext }) => requestContext.connectionId);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(running.gateway.connectionCount).to.equal(0);
  });

  it("by a handshake that is never finished holds nothing up", async () => {
    await start();
    const sockets = await Promise.all(Array.from({ length: 50 }, rawSocket));
    for (const socket of sockets) socket.write(handshake.slice(0, 60));
    await stillServes();
    for (const socket of sockets) socket.destroy();
  });

  it("by a client that sends and never reads is ended with 1008, and others are served", async () => {
    await start({ limits: { clientBufferBytes: 64 * 1024, account: undefined } });
    const client = await connectClient(running.url);
    const text = "x".repeat(30_000);
    client.socket.pause();
    const pump = (): void => {
      if (client.socket.readyState !== client.socket.OPEN) return;
      client.send(text);
      setImmediate(pump);
    };
    pump();
    const { requestContext } = await invoker.called("disconnect");
    expect(requestContext.disconnectStatusCode).to.equal(1008);
    client.socket.terminate();
    await stillServes();
  });

  it("by a half-open socket ends at the idle timeout, without its answer", async () => {
    const clock = new MovedClock();
    await start({ clock });
    const socket = await openRaw();
    // It neither reads nor answers any more, and nobody has told the gateway.
    socket.pause();
    clock.move(10 * 60_000);
    expect(running.gateway.connectionCount).to.equal(1);
    clock.move(2_000);
    const { requestContext } = await invoker.called("disconnect");
    expect(requestContext).to.include({ disconnectStatusCode: 1001, disconnectReason: "Going away" });
    expect(running.gateway.connectionCount).to.equal(0);
    socket.destroy();
  });

  it("by a message nested deeper than the call stack takes $default, and others are served", async () => {
    await start();
    const client = await connectClient(running.url);
    for (const action of [nested("[", "]"), nested('{"a":', "}", "1")]) {
      const text = `{"action":${action}}`;
      for (let at = 0; at < text.length; at += 30_000) {
        client.socket.send(text.slice(at, at + 30_000), { fin: at + 30_000 >= text.length });
      }
      expect((await client.next()) === text).to.equal(true);
    }
    await stillServes();
    await client.close();
  });

  it("by 100,000 messages to a function that never answers is refused, and another function answers", async function () {
    this.timeout(60_000);
    const dead = await runLambda("export const handler = () => new Promise(() => {});", {
      reservedConcurrency: 3,
      timeoutSeconds: 900,
    });
    const both = {
      invoke: (name: string, payload: string): ReturnType<LambdaService["invoke"]> =>
        name === "dead" ? dead.service.invoke("f", payload) : invoker.invoke(name, payload),
    };
    const withDead = buildStack({
      functions: [...stack.functions, buildFunction("dead")],
      apis: [buildApi([buildStage([...routes, buildRoute("dead")])])],
    });
    await start({ stack: withDead, invoker: both, limits: { account: undefined } });
    const before = heapInUse();
    const client = await connectClient(running.url);
    let answers = 0;
    const answered = new Promise<void>((resolve) => {
      client.socket.on("message", () => ++answers === 99_997 && resolve());
    });
    for (let sent = 0; sent < 100_000; sent++) {
      client.send('{"action":"dead"}');
      if (sent % 1000 === 0) await new Promise(setImmediate);
    }
    await answered;
    expect(await client.next()).to.match(/^\{"message": "Internal server error"/);
    await stillServes();
    // The test's own client keeps the frames; the gateway and Lambda keep nothing of 99,997 messages.
    expect((heapInUse() - before) / 1024 / 1024).to.be.below(100);
    client.socket.terminate();
    await dead.close();
  });
});

/** A value in 15,000 others. */
function nested(open: string, close: string, inmost = ""): string {
  return open.repeat(15_000) + inmost + close.repeat(15_000);
}

/** After a collection: what is only waiting for one does not count, whatever ran before in this process. */
function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}
