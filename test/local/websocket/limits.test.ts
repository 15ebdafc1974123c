import { expect } from "chai";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient, type TestClient } from "../support/test-client.ts";

const routes = [buildRoute("$default", { twoWay: true }), buildRoute("$disconnect")];
const functions = [buildFunction("default"), buildFunction("disconnect")];
const stack = buildStack({ functions, apis: [buildApi([buildStage(routes)])] });
const kilobyte = 1024;

describe("limits", () => {
  let running: RunningGateway;
  let invoker: FakeInvoker;
  let client: TestClient;
  const open = async (options: Partial<Parameters<typeof runGateway>[0]> = {}): Promise<void> => {
    invoker = new FakeInvoker({ default: ({ body }) => ({ body: String(body.length) }) });
    running = await runGateway({ stack, invoker, ...options });
    client = await connectClient(running.url);
  };
  const sendFrames = (...sizes: number[]): void => {
    for (const [at, size] of sizes.entries()) client.socket.send("x".repeat(size), { fin: at === sizes.length - 1 });
  };
  const disconnect = async (): Promise<unknown> => {
    const { disconnectStatusCode: code, disconnectReason: reason } = (await invoker.called("disconnect"))
      .requestContext;
    return { code, reason };
  };
  afterEach(() => running.close());

  it("takes a frame of 32 KB", async () => {
    await open();
    sendFrames(32 * kilobyte);
    expect(await client.next()).to.equal(String(32 * kilobyte));
  });

  it("closes with 1009 on a frame above 32 KB, after the messages before it", async () => {
    await open();
    client.send("small");
    sendFrames(32 * kilobyte + 1);
    expect((await client.closed).code).to.equal(1009);
    expect(await disconnect()).to.deep.equal({ code: 1009, reason: "" });
    expect(invoker.eventsOf("default").map(({ body }) => body)).to.deep.equal(["small"]);
  });

  it("closes with 1009 as soon as a frame announces more than 32 KB", async () => {
    await open();
    // FIN and text, masked, 64-bit length of 40,000: the payload never comes.
    const header = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0x9c, 0x40, 0, 0, 0, 0]);
    (client.socket as unknown as { _socket: NodeJS.WritableStream })._socket.write(header);
    expect((await client.closed).code).to.equal(1009);
  });

  it("answers with an error instead of a body above 128 KB, in bytes", async () => {
    const bodies = ["x".repeat(128 * kilobyte), "x".repeat(128 * kilobyte + 1), "é".repeat(64 * kilobyte + 1)];
    await open({ invoker: new FakeInvoker({ default: ({ body }) => ({ body: bodies[Number(body)] }) }) });
    client.send("0");
    expect(await client.next()).to.have.length(128 * kilobyte);
    for (const tooLarge of ["1", "2"]) {
      client.send(tooLarge);
      expect(await client.next()).to.match(/^\{"message": "Internal server error"/);
    }
    expect(client.socket.readyState).to.equal(client.socket.OPEN);
  });

  it("takes a message of 128 KB in frames of 32 KB", async () => {
    await open();
    sendFrames(...Array(4).fill(32 * kilobyte));
    expect(await client.next()).to.equal(String(128 * kilobyte));
  });

  it("closes with 1009 on a message above 128 KB", async () => {
    await open();
    sendFrames(...Array(4).fill(32 * kilobyte), 1);
    expect((await client.closed).code).to.equal(1009);
    expect(await disconnect()).to.deep.equal({ code: 1009, reason: "" });
    expect(invoker.eventsOf("default")).to.deep.equal([]);
  });

  it("closes with 1003 on a binary message", async () => {
    await open();
    client.socket.send(Buffer.from([1, 2, 3]));
    expect((await client.closed).code).to.equal(1003);
    expect(await disconnect()).to.deep.equal({ code: 1003, reason: "" });
  });

  it("closes with 1007 on text that is no UTF-8", async () => {
    await open();
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await client.closed).code).to.equal(1007);
    expect(await disconnect()).to.deep.include({ code: 1007 });
  });

  it("closes with 1001 Going away after ten minutes without a message", async () => {
    const clock = new MovedClock();
    await open({ clock });
    clock.move(10 * 60_000);
    expect(await client.closed).to.deep.equal({ code: 1001, reason: "Going away" });
    expect(await disconnect()).to.deep.equal({ code: 1001, reason: "Going away" });
  });

  it("counts ten minutes from the last message in either direction, and no ping", async () => {
    const clock = new MovedClock();
    await open({ clock });
    clock.move(9 * 60_000);
    client.send("hello");
    await client.next();
    clock.move(9 * 60_000);
    expect(running.gateway.connectionCount).to.equal(1);
    const pong = new Promise((resolve) => client.socket.once("pong", resolve));
    client.socket.ping();
    await pong;
    clock.move(60_000);
    expect((await client.closed).code).to.equal(1001);
  });

  it("closes with 1001 after two hours, however lively", async () => {
    const clock = new MovedClock();
    await open({ clock });
    for (let minutes = 0; minutes < 115; minutes += 5) {
      clock.move(5 * 60_000);
      client.send("hello");
      await client.next();
    }
    clock.move(5 * 60_000);
    expect(await client.closed).to.deep.equal({ code: 1001, reason: "Going away" });
  });

  it("leaves no timer of a closed connection", async () => {
    const clock = new MovedClock();
    await open({ clock });
    await client.close();
    await invoker.called("disconnect");
    expect(clock.pending).to.equal(0);
  });

  it("cuts a client that does not answer a close frame", async () => {
    const clock = new MovedClock();
    await open({ clock });
    client.socket.pause();
    clock.move(10 * 60_000);
    clock.move(2_000);
    expect(await disconnect()).to.deep.equal({ code: 1001, reason: "Going away" });
    client.socket.terminate();
  });
});
