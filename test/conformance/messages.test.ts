import { expect } from "chai";
import { connectClient, type TestClient } from "../local/support/test-client.ts";
import { connected, connectionIdOf, eventOf, idPattern, recalled, uniqueName } from "./conversation.ts";
import { urlOf } from "./target.ts";

interface ErrorFrame {
  readonly message: string;
  readonly connectionId: string;
  readonly requestId: string;
}

/** Byte for byte as on AWS (§3.2): a space after the first colon only. */
const errorFrame = /^\{"message": "([^"]+)", "connectionId":"([^"]+)", "requestId":"([^"]+)"\}$/;

async function errorOf(client: TestClient, message: object | string): Promise<ErrorFrame> {
  client.send(message);
  const frame = await client.next();
  expect(frame).to.match(errorFrame);
  return JSON.parse(frame);
}

/** The next frame is the answer to this, so nothing came before it. */
async function nothingCame(client: TestClient): Promise<void> {
  const mark = uniqueName();
  client.send({ action: "say", result: { statusCode: 200, body: mark } });
  expect(await client.next()).to.equal(mark);
}

/** The tests of the handshake may have emptied the stage's bucket, which gets one more each second. */
async function connectedAtLast(url: string): Promise<TestClient> {
  for (;;) {
    const client = await connectClient(url).catch(() => undefined);
    if (client) return client;
  }
}

describe("§3 messages", () => {
  let client: TestClient;
  beforeEach(async function () {
    client = await connected(this as unknown as Mocha.Context);
  });
  afterEach(() => client.close());

  const routed: readonly (readonly [string, object | string, string])[] = [
    ["a value that is a route key selects that route", { action: "event" }, "event"],
    ["a route key is compared with its case", { action: "Event" }, "$default"],
    ["another value goes to $default", { action: "nothing like it" }, "$default"],
    ["a message without the value goes to $default", { text: "hello" }, "$default"],
    ["text that is not JSON goes to $default", "hello", "$default"],
    ["a key without quotes does not keep a message from its route", '{"action":"event", body:"hello"}', "event"],
    ["a JSON text goes to $default", '"event"', "$default"],
    ["a JSON number goes to $default", "5", "$default"],
    ["a JSON list goes to $default", '["event"]', "$default"],
    ["a number selects the route of its digits", { action: 1 }, "1"],
    ["a truth value selects the route of its name", { action: true }, "true"],
  ];
  for (const [fact, message, routeKey] of routed) {
    it(`§3.1 ${fact}`, async () => {
      expect((await eventOf(client, message)).requestContext.routeKey).to.equal(routeKey);
    });
  }

  it("§3.1 an expression can put a text together from several values (mistake 6)", async function () {
    const bare = await connectClient(await urlOf(this, "bare"));
    const event = await eventOf(bare, { service: "chat", action: "join" });
    expect(event.requestContext.routeKey).to.equal("chat/join");
    await bare.close();
  });

  it("§3.1 a value that is missing adds nothing to the text", async function () {
    const bare = await connectClient(await urlOf(this, "bare"));
    const event = await eventOf(bare, { service: "chat" });
    expect(event.requestContext.routeKey).to.equal("chat/");
    await bare.close();
  });

  it("§3.1 an expression reaches into the message (mistake 6)", async function () {
    const nested = await connectClient(await urlOf(this, "nested"));
    const event = await eventOf(nested, { type: "other", meta: { type: "event" } });
    expect(event.requestContext.routeKey).to.equal("event");
    await nested.close();
  });

  it("§3.2 a message without a route and without $default is answered with Forbidden, and the connection stays (mistakes 7, 9)", async function () {
    const bare = await connectClient(await urlOf(this, "bare"));
    const { connectionId } = (await eventOf(bare, { service: "chat", action: "join" })).requestContext;
    for (const message of [{ service: "nothing" }, "not JSON"]) {
      const frame = await errorOf(bare, message);
      expect(frame).to.include({ message: "Forbidden", connectionId });
      expect(frame.requestId).to.match(idPattern);
    }
    await bare.close();
  });

  it("§3.2 a function that throws is Internal server error, and the connection stays", async () => {
    const connectionId = await connectionIdOf(client);
    const frame = await errorOf(client, { action: "say", fail: "oh" });
    expect(frame).to.include({ message: "Internal server error", connectionId });
    await nothingCame(client);
  });

  it("§3.2 a function that throws is told on a one-way route too", async () => {
    expect(await errorOf(client, { action: "quiet", fail: "oh" })).to.include({ message: "Internal server error" });
  });

  it("§3.2 each error frame has a request id of its own (mistake 9)", async () => {
    const first = await errorOf(client, { action: "say", fail: "oh" });
    const second = await errorOf(client, { action: "say", fail: "oh" });
    expect(first.requestId).to.match(idPattern);
    expect(second.requestId).not.to.equal(first.requestId);
  });

  it("§3.2 an integration that exceeds its time is Endpoint request timed out (mistake 33)", async () => {
    const frame = await errorOf(client, { action: "slow", waitMs: 3000 });
    expect(frame).to.include({ message: "Endpoint request timed out" });
  });

  it("§4 the function goes on after the gateway has given up", async function () {
    const key = uniqueName();
    await errorOf(client, { action: "slow", waitMs: 1500, key });
    expect((await recalled(this, key)).requestContext.routeKey).to.equal("slow");
  });

  it("§4 a function that exceeds its own time is Internal server error", async () => {
    const frame = await errorOf(client, { action: "short", waitMs: 3000 });
    expect(frame).to.include({ message: "Internal server error" });
  });

  it("§4 a function without permission for the gateway is Internal server error", async () => {
    expect(await errorOf(client, { action: "unpermitted" })).to.include({ message: "Internal server error" });
  });

  it("§10.1 a handler with a callback fails from Node.js 24 on (mistake 29)", async () => {
    expect(await errorOf(client, { action: "callback" })).to.include({ message: "Internal server error" });
  });

  for (const statusCode of [200, 301, 401, 501]) {
    it(`§3.3 a one-way route that answers ${statusCode} sends nothing (mistake 8)`, async () => {
      client.send({ action: "quiet", result: { statusCode, body: "not to be seen" } });
      await nothingCame(client);
    });
  }

  it("§3.4 a two-way route sends the body, and nothing else", async () => {
    client.send({ action: "say", result: { statusCode: 200, headers: { a: "b" }, body: "plain text" } });
    expect(await client.next()).to.equal("plain text");
  });

  it("§3.4 a route is two-way only with both settings (mistake 10)", async () => {
    client.send({ action: "half", result: { statusCode: 200, body: "not to be seen" } });
    await nothingCame(client);
  });

  it("§5.3 a MOCK integration answers without a function", async () => {
    const connectionId = await connectionIdOf(client);
    client.send({ action: "ping" });
    expect(JSON.parse(await client.next())).to.deep.equal({ pong: connectionId });
  });

  it("§3.4 mapping templates are Velocity, with its directives", async () => {
    const id = Buffer.from(await connectionIdOf(client)).toString("base64");
    client.send({ action: "template" });
    expect(JSON.parse(await client.next())).to.deep.equal({ first: 1, all: [1, 2, 3], id });
    client.send({ action: "template", wish: "other" });
    expect(JSON.parse(await client.next())).to.deep.equal({ is: "other" });
  });

  it("§3.5 a message that matches its model reaches the function", async () => {
    expect((await eventOf(client, { action: "typed", text: "short" })).requestContext.routeKey).to.equal("typed");
  });

  it("§3.5 one that does not is Bad request body, and the connection stays", async () => {
    const connectionId = await connectionIdOf(client);
    for (const message of [{ action: "typed" }, { action: "typed", text: "too long" }]) {
      client.send(message);
      const frame = JSON.parse(await client.next());
      expect(frame).to.include({ message: "Bad request body", connectionId });
      expect(frame.messageId).to.match(idPattern);
    }
    await nothingCame(client);
  });

  it("§3.4 answers come when they are ready, not in the order of the questions (mistake 30)", async () => {
    const ask = (body: string, waitMs: number): void =>
      client.send({ action: "say", waitMs, result: { statusCode: 200, body } });
    ask("slow", 800);
    ask("fast", 0);
    expect([await client.next(), await client.next()]).to.deep.equal(["fast", "slow"]);
  });

  it("§6 messages above the route's rate are Too Many Requests, and the connection stays", async function () {
    const url = await urlOf(this, "narrow");
    const throttled = await connectedAtLast(url);
    for (let sent = 0; sent < 20; sent += 1) throttled.send({ action: "event" });
    const frames: string[] = [];
    while (frames.length < 20) frames.push(await throttled.next());
    const refused = frames.filter((frame) => errorFrame.test(frame)).map((frame) => JSON.parse(frame).message);
    expect(new Set(refused)).to.deep.equal(new Set(["Too Many Requests"]));
    throttled.send({ action: "say", result: { statusCode: 200, body: "still here" } });
    expect(await throttled.next()).to.equal("still here");
    await throttled.close();
  });
});

describe("§5 limits", () => {
  const kib = 1024;
  /** Of exactly this many bytes. */
  const textOf = (bytes: number): string => {
    const frame = (padding: string): string => JSON.stringify({ action: "say", result: { body: "ok" }, padding });
    return frame("x".repeat(bytes - frame("").length));
  };

  async function fragmented(client: TestClient, bytes: number): Promise<void> {
    const text = textOf(bytes);
    for (let at = 0; at < bytes; at += 32 * kib) {
      client.socket.send(text.slice(at, at + 32 * kib), { fin: at + 32 * kib >= bytes });
    }
  }

  it("§5.1 a frame of 32 KB passes", async function () {
    const client = await connected(this);
    client.send(textOf(32 * kib));
    expect(await client.next()).to.equal("ok");
    await client.close();
  });

  it("§5.1 a frame above 32 KB closes with 1009 (mistake 25)", async function () {
    const client = await connected(this);
    client.send(textOf(32 * kib + 1));
    expect((await client.closed).code).to.equal(1009);
  });

  it("§5.1 a message of 128 KB in frames of 32 KB passes", async function () {
    const client = await connected(this);
    await fragmented(client, 128 * kib);
    expect(await client.next()).to.equal("ok");
    await client.close();
  });

  it("§5.1 a message above 128 KB closes with 1009 (mistake 25)", async function () {
    const client = await connected(this);
    await fragmented(client, 128 * kib + 1);
    expect((await client.closed).code).to.equal(1009);
  });

  it("§3.6 a binary frame closes with 1003 (mistake 25)", async function () {
    const client = await connected(this);
    client.socket.send(Buffer.from("{}"), { binary: true });
    expect((await client.closed).code).to.equal(1003);
  });

  it("§5.3 a ping is answered with a pong", async function () {
    const client = await connected(this);
    const pong = new Promise<string>((resolve) => client.socket.once("pong", (data) => resolve(data.toString())));
    client.socket.ping("x");
    expect(await pong).to.equal("x");
    await client.close();
  });
});
