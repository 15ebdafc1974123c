import { expect } from "chai";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { apiId, buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient } from "../support/test-client.ts";

const routes = [buildRoute("$connect"), buildRoute("$disconnect"), buildRoute("sendMessage")];
const functions = ["connect", "disconnect", "sendMessage"].map((name) => buildFunction(name));
const awsId = /^[A-Za-z0-9_-]{15}=$/;
const commonKeys = [
  ...["apiId", "connectedAt", "connectionId", "domainName", "eventType", "extendedRequestId", "identity"],
  ...["messageDirection", "requestId", "requestTime", "requestTimeEpoch", "routeKey", "stage"],
];

describe("events", () => {
  let running: RunningGateway;
  let invoker: FakeInvoker;
  const run = async (variables: Record<string, string> = {}): Promise<void> => {
    invoker = new FakeInvoker();
    const stack = buildStack({ functions, apis: [buildApi([buildStage(routes, { variables })])] });
    running = await runGateway({ stack, invoker });
  };
  afterEach(() => running.close());

  it("CONNECT has exactly AWS's keys and values", async () => {
    await run();
    const client = await connectClient(running.url, [], { headers: { "user-agent": "tester/1" } });
    const event = await invoker.called("connect");
    expect(event).to.have.all.keys("headers", "multiValueHeaders", "requestContext", "isBase64Encoded");
    expect(event.isBase64Encoded).to.equal(false);
    expect(event.requestContext).to.have.all.keys(commonKeys);
    expect(event.requestContext).to.deep.include({
      routeKey: "$connect",
      eventType: "CONNECT",
      messageDirection: "IN",
      stage: "dev",
      apiId,
      domainName: `127.0.0.1:${running.port}`,
      identity: { userAgent: "tester/1", sourceIp: "127.0.0.1" },
    });
    expect(event.requestContext.requestTime).to.match(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    await client.close();
  });

  it("CONNECT has the headers in title case, those AWS adds, and neither Connection nor Upgrade", async () => {
    await run();
    const headers = { "user-agent": "tester/1", "x-api-key": "k", "X-Forwarded-For": "192.0.2.1" };
    const client = await connectClient(running.url, ["chat.v1", "auth"], { headers }).catch(() => undefined);
    const event = await invoker.called("connect");
    expect(Object.keys(event.headers)).to.have.members([
      ...["Host", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Sec-WebSocket-Version"],
      ...["User-Agent", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "x-api-key"],
    ]);
    expect(event.headers["Sec-WebSocket-Protocol"]).to.equal("chat.v1,auth");
    expect(event.headers["X-Forwarded-For"]).to.equal("192.0.2.1, 127.0.0.1");
    expect(event.headers["X-Amzn-Trace-Id"]).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(event.multiValueHeaders["x-api-key"]).to.deep.equal(["k"]);
    await client?.close();
  });

  it("CONNECT has the query only when there is one, its last value and all values", async () => {
    await run({ table: "t" });
    const client = await connectClient(`${running.url}?token=a%20b&x=1&x=2`);
    const event = await invoker.called("connect");
    expect(event.queryStringParameters).to.deep.equal({ token: "a b", x: "2" });
    expect(event.multiValueQueryStringParameters).to.deep.equal({ token: ["a b"], x: ["1", "2"] });
    expect(event.stageVariables).to.deep.equal({ table: "t" });
    await client.close();
  });

  it("MESSAGE has only the context, the raw text and nothing of the handshake", async () => {
    await run();
    const client = await connectClient(`${running.url}?token=t`);
    const text = '{ "action" : "sendMessage", "text": "hällo" }';
    client.send(text);
    const event = await invoker.called("sendMessage");
    expect(event).to.have.all.keys("requestContext", "body", "isBase64Encoded");
    expect(event).to.include({ body: text, isBase64Encoded: false });
    expect(event.requestContext).to.have.all.keys([...commonKeys, "messageId"]);
    expect(event.requestContext).to.include({ routeKey: "sendMessage", eventType: "MESSAGE" });
    // A client without User-Agent has none.
    expect(event.requestContext.identity).to.deep.equal({ sourceIp: "127.0.0.1" });
    await client.close();
  });

  it("DISCONNECT has the four headers, the code and the reason", async () => {
    await run();
    const client = await connectClient(running.url);
    await client.close(4001, "bye");
    const event = await invoker.called("disconnect");
    const Host = `127.0.0.1:${running.port}`;
    expect(event).to.have.all.keys("headers", "multiValueHeaders", "requestContext", "isBase64Encoded");
    expect(event.headers).to.deep.equal({ Host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": "" });
    expect(event.multiValueHeaders).to.deep.equal({
      Host: [Host],
      "x-api-key": [""],
      "X-Forwarded-For": [""],
      "x-restapi": [""],
    });
    expect(event.requestContext).to.have.all.keys([...commonKeys, "disconnectStatusCode", "disconnectReason"]);
    expect(event.requestContext).to.include({
      eventType: "DISCONNECT",
      disconnectStatusCode: 4001,
      disconnectReason: "bye",
    });
  });

  it("ids look like AWS's, and a message's ends as its connection's", async () => {
    await run();
    const client = await connectClient(running.url);
    for (const n of [1, 2, 3]) client.send({ action: "sendMessage", n });
    await invoker.called("sendMessage", 3);
    const contexts = invoker.eventsOf("sendMessage").map(({ requestContext }) => requestContext);
    const { connectionId } = contexts[0];
    expect(new Set(contexts.map(({ messageId }) => messageId)).size).to.equal(3);
    for (const { messageId, requestId, extendedRequestId, ...context } of contexts) {
      expect([connectionId, messageId, requestId].every((id) => awsId.test(id))).to.equal(true);
      expect(Buffer.from(messageId, "base64url")).to.have.length(11);
      expect(messageId.slice(-8)).to.equal(connectionId.slice(-8));
      expect(extendedRequestId).to.equal(requestId);
      expect(context.connectionId).to.equal(connectionId);
    }
    await client.close();
  });

  it("connectedAt stays the same for the life of a connection", async () => {
    await run();
    const client = await connectClient(running.url);
    client.send({ action: "sendMessage" });
    const message = await invoker.called("sendMessage");
    await client.close();
    const disconnect = await invoker.called("disconnect");
    const [connect] = invoker.eventsOf("connect");
    expect(message.requestContext.connectedAt).to.equal(connect.requestContext.connectedAt);
    expect(disconnect.requestContext.connectedAt).to.equal(connect.requestContext.connectedAt);
  });
});
