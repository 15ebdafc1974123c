import { once } from "node:events";
import { request } from "node:http";
import { connect as connectTcp } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { apiId, buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";

const routes = [buildRoute("$connect"), buildRoute("$disconnect"), buildRoute("$default")];
const functions = [buildFunction("connect"), buildFunction("disconnect"), buildFunction("default")];
const stack = buildStack({ functions, apis: [buildApi([buildStage(routes)])] });

describe("handshake", () => {
  let running: RunningGateway | undefined;
  const run = async (...args: Parameters<typeof runGateway>): Promise<RunningGateway> => {
    running = await runGateway(...args);
    return running;
  };
  const answering = (connect: () => unknown): Promise<RunningGateway> =>
    run({ stack, invoker: new FakeInvoker({ connect }) });
  afterEach(() => running?.close());

  describe("status of the $connect function", () => {
    for (const status of [200, 201, 299]) {
      it(`opens on ${status}`, async () => {
        const { url } = await answering(() => ({ statusCode: status }));
        await (await connectClient(url)).close();
      });
    }

    for (const status of [301, 400, 401, 403, 501]) {
      it(`refuses with exactly ${status}`, async () => {
        const { url } = await answering(() => ({ statusCode: status, body: "secret" }));
        const refusal = await refusedHandshake(url);
        expect(refusal.status).to.equal(status);
        expect(JSON.parse(refusal.body)).to.have.all.keys("message");
      });
    }

    it("answers 502 when the function throws", async () => {
      const { url } = await answering(() => {
        throw new Error("boom");
      });
      expect(await refusedHandshake(url)).to.include({ status: 502, body: '{"message":"Internal server error"}' });
    });

    for (const result of [undefined, "text", {}, { statusCode: "abc" }, { statusCode: 99 }, { statusCode: 101 }, []]) {
      it(`answers 502 to the malformed result ${JSON.stringify(result)}`, async () => {
        const { url } = await answering(() => result);
        expect((await refusedHandshake(url)).status).to.equal(502);
      });
    }

    it("answers 504 when the integration's timeout passes", async () => {
      const clock = new MovedClock();
      const invoker = new FakeInvoker({ connect: () => new Promise(() => {}) });
      const { url } = await run({ stack, invoker, clock });
      const refusal = refusedHandshake(url);
      await invoker.called("connect");
      clock.move(29_000);
      expect(await refusal).to.include({ status: 504, body: '{"message":"Endpoint request timed out"}' });
    });

    it("answers 500 when API Gateway may not invoke the function", async () => {
      const sourceArn = `arn:aws:execute-api:eu-central-1:000000000000:${apiId}/*/*/*`;
      const permissions = [{ principal: "apigateway.amazonaws.com", sourceArn }];
      const invoker = new FakeInvoker();
      const { url } = await run({
        stack: { ...stack, functions: [buildFunction("connect", { permissions })] },
        invoker,
      });
      expect((await refusedHandshake(url)).status).to.equal(500);
      expect(invoker.calls).to.deep.equal([]);
    });
  });

  it("opens only after the function has answered", async () => {
    let answer = (_result: unknown): void => {};
    const invoker = new FakeInvoker({ connect: () => new Promise((resolve) => (answer = resolve)) });
    const { url, gateway } = await run({ stack, invoker });
    const opening = connectClient(url);
    await invoker.called("connect");
    expect(gateway.connectionCount).to.equal(0);
    answer({ statusCode: 200 });
    await opening;
    expect(gateway.connectionCount).to.equal(1);
  });

  it("accepts without a $connect route", async () => {
    const { url } = await run({
      stack: buildStack({ apis: [buildApi([buildStage([])])] }),
      invoker: new FakeInvoker(),
    });
    await (await connectClient(url)).close();
  });

  it("accepts a whole address in the request line", async () => {
    await answering(() => ({ statusCode: 200 }));
    const head = await rawHandshake(running?.port ?? 0, `http://127.0.0.1:${running?.port}/dev?a=1`, []);
    expect(head).to.match(/^HTTP\/1\.1 101 /);
  });

  it("accepts a trailing slash", async () => {
    const { url } = await answering(() => ({ statusCode: 200 }));
    await (await connectClient(`${url}/`)).close();
  });

  describe("subprotocol", () => {
    it("is the one the function returned, its header in any case", async () => {
      const { url } = await answering(() => ({ statusCode: 200, headers: { "sec-Websocket-protocol": "b" } }));
      const client = await connectClient(url, ["a", "b"]);
      expect(client.socket.protocol).to.equal("b");
    });

    it("is none when the function returned none", async () => {
      const { port } = await answering(() => ({ statusCode: 200, headers: { "Set-Cookie": "a=b" } }));
      const response = await rawHandshake(port, "/dev", ["Sec-WebSocket-Protocol: a"]);
      expect(response).to.match(/^HTTP\/1.1 101 /);
      expect(response).not.to.match(/sec-websocket-protocol|set-cookie/i);
    });

    it("is sent even if the client did not offer it", async () => {
      const { port } = await answering(() => ({ statusCode: 200, headers: { "Sec-WebSocket-Protocol": "x" } }));
      expect(await rawHandshake(port, "/dev", [])).to.match(/\r\nSec-WebSocket-Protocol: x\r\n/);
    });

    it("cannot smuggle another header into the response", async () => {
      const { port } = await answering(() => ({
        statusCode: 200,
        headers: { "Sec-WebSocket-Protocol": "x\r\nX-Evil: 1" },
      }));
      expect(await rawHandshake(port, "/dev", [])).not.to.include("X-Evil");
    });
  });

  describe("a client that leaves while $connect is running", () => {
    it("gets a $disconnect with code 1006 when the function says yes", async () => {
      let answer = (_result: unknown): void => {};
      const invoker = new FakeInvoker({ connect: () => new Promise((resolve) => (answer = resolve)) });
      const { port, gateway, server } = await run({ stack, invoker });
      const left = once(server, "upgrade").then(([, socket]) => once(socket, "close"));
      const socket = connectTcp(port, "127.0.0.1", () => socket.write(handshakeText("/dev", [])));
      const { requestContext } = await invoker.called("connect");
      socket.end();
      await left;
      answer({ statusCode: 200 });
      const disconnect = await invoker.called("disconnect");
      expect(disconnect.requestContext).to.include({
        connectionId: requestContext.connectionId,
        disconnectStatusCode: 1006,
      });
      expect(gateway.connectionCount).to.equal(0);
    });

    it("gets none when the function says no", async () => {
      let answer = (_result: unknown): void => {};
      const invoker = new FakeInvoker({ connect: () => new Promise((resolve) => (answer = resolve)) });
      const { port, gateway } = await run({ stack, invoker });
      const socket = connectTcp(port, "127.0.0.1", () => socket.write(handshakeText("/dev", [])));
      await invoker.called("connect");
      socket.destroy();
      answer({ statusCode: 403 });
      await gateway.close();
      expect(invoker.eventsOf("disconnect")).to.deep.equal([]);
    });
  });

  it("keeps what a client sends before it is connected", async () => {
    let answer = (_result: unknown): void => {};
    const invoker = new FakeInvoker({ connect: () => new Promise((resolve) => (answer = resolve)) });
    const { port } = await run({ stack, invoker });
    const socket = connectTcp(port, "127.0.0.1", () => socket.write(handshakeText("/dev", [])));
    await invoker.called("connect");
    // A masked text frame "hi", its mask zero.
    socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    answer({ statusCode: 200 });
    expect((await invoker.called("default")).body).to.equal("hi");
    socket.destroy();
  });

  describe("refusals before the function", () => {
    it("answers 403 to an unknown stage, an unknown path and a stage without deployment", async () => {
      const invoker = new FakeInvoker();
      const undeployed = buildStage(routes, { name: "draft", deployed: false });
      const { port } = await run({
        stack: { ...stack, apis: [buildApi([buildStage(routes), undeployed])] },
        invoker,
      });
      for (const path of ["/nope", "/", "/dev/more", "/draft"]) {
        expect(await refusedHandshake(`ws://127.0.0.1:${port}${path}`)).to.include({
          status: 403,
          body: '{"message":"Forbidden"}',
        });
      }
      expect(invoker.calls).to.deep.equal([]);
    });

    it("answers 414 to a URL longer than 4096 characters", async () => {
      const { url } = await answering(() => ({ statusCode: 200 }));
      expect((await refusedHandshake(`${url}?${"a".repeat(4096)}`)).status).to.equal(414);
    });

    it("answers 426 to a plain GET on a stage", async () => {
      const { managementUrl } = await answering(() => ({ statusCode: 200 }));
      expect((await fetch(managementUrl)).status).to.equal(426);
    });

    it("answers 400 to a broken handshake, without calling the function", async () => {
      const invoker = new FakeInvoker();
      const { port } = await run({ stack, invoker });
      const broken = handshakeText("/dev", []).replace(/Sec-WebSocket-Key: .*\r\n/, "");
      expect(await rawExchange(port, broken)).to.match(/^HTTP\/1.1 400 /);
      expect(invoker.calls).to.deep.equal([]);
    });

    it("answers 403 with the reason to a host name that is not this machine's", async () => {
      const { url } = await answering(() => ({ statusCode: 200 }));
      const refusal = await refusedHandshake(url, [], { headers: { host: "evil.example.com:3001" } });
      expect(refusal.status).to.equal(403);
      expect(refusal.body).to.include('does not answer to the host name \\"evil.example.com\\"');
    });

    it("answers to the name it was told to listen on", async () => {
      const invoker = new FakeInvoker({ connect: () => ({ statusCode: 200 }) });
      const { url, managementUrl } = await run({ stack, invoker, host: "Box.lan" });
      await (await connectClient(url, [], { headers: { host: "box.lan:3001" } })).close();
      const headers = { host: "box.lan:3001", authorization: "AWS4-HMAC-SHA256" };
      const outgoing = request(`${managementUrl}/@connections/x`, { headers }).end();
      const [response] = await once(outgoing, "response");
      expect(await text(response)).to.include("The signature requires 'Credential'.");
    });

    it("answers to the names of this machine and of AWS", async () => {
      const { url } = await answering(() => ({ statusCode: 200 }));
      const hosts = [
        "localhost:1",
        "[::1]:1",
        "192.168.1.7",
        `${apiId}.localhost`,
        `${apiId}.execute-api.eu-central-1.amazonaws.com`,
      ];
      for (const host of hosts) await (await connectClient(url, [], { headers: { host } })).close();
    });
  });

  it("tells APIs with stages of the same name apart by the host's name", async () => {
    const other = buildApi([buildStage([])], { address: "aws_apigatewayv2_api.other", id: "zzzzz99999" });
    const invoker = new FakeInvoker();
    const two = await run({ stack: { ...stack, apis: [...stack.apis, other] }, invoker });
    const refusal = await refusedHandshake(two.url);
    expect(refusal.status).to.equal(403);
    expect(refusal.body).to.include(`${apiId}.localhost, zzzzz99999.localhost`);
    await (await connectClient(two.url, [], { headers: { host: `${apiId}.localhost` } })).close();
    expect((await invoker.called("connect")).requestContext.apiId).to.equal(apiId);
  });
});

function handshakeText(path: string, headers: string[]): string {
  return [
    `GET ${path} HTTP/1.1`,
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
    "",
    "",
  ].join("\r\n");
}

function rawHandshake(port: number, path: string, headers: string[]): Promise<string> {
  return rawExchange(port, handshakeText(path, headers));
}

/** The head of the response. */
async function rawExchange(port: number, text: string): Promise<string> {
  const socket = connectTcp(port, "127.0.0.1", () => socket.write(text));
  const [chunk] = await once(socket, "data");
  socket.destroy();
  return String(chunk);
}
