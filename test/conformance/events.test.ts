import { expect } from "chai";
import { connectClient } from "../local/support/test-client.ts";
import {
  connectEvent,
  connected,
  connectionIdOf,
  eventOf,
  type GatewayEvent,
  idPattern,
  recalled,
} from "./conversation.ts";
import { urlOf } from "./target.ts";

/** Keys of every event's context, whatever its type; `userAgent` and `authorizer` come when there is one. */
const contextKeys = [
  "routeKey",
  "eventType",
  "extendedRequestId",
  "requestTime",
  "messageDirection",
  "stage",
  "connectedAt",
  "requestTimeEpoch",
  "identity",
  "requestId",
  "domainName",
  "connectionId",
  "apiId",
];

/** Every value in the event, however deep. */
function valuesIn(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(valuesIn) : [value];
}

describe("§2 events", () => {
  describe("of $connect", () => {
    let event: GatewayEvent;

    beforeEach(async function () {
      const made = await connectEvent(
        this as unknown as Mocha.Context,
        { a: "1" },
        { client: { origin: "https://app.example.com" } },
      );
      event = made.event;
      await made.client.close();
    });

    it("§2.1 has these keys and no others: nothing of an HTTP event (mistake 14)", () => {
      expect(event).to.have.all.keys(
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "stageVariables",
        "requestContext",
        "isBase64Encoded",
      );
      expect(event.isBase64Encoded).to.equal(false);
      expect(event.requestContext).to.have.all.keys(contextKeys);
    });

    it("§2.4 is of the type CONNECT, on the route $connect (mistake 5)", () => {
      expect(event.requestContext).to.include({
        eventType: "CONNECT",
        routeKey: "$connect",
        messageDirection: "IN",
        stage: "main",
      });
    });

    it("§2.1 has the headers as browsers write them (mistake 15)", () => {
      expect(event.headers).to.include({ Origin: "https://app.example.com", "Sec-WebSocket-Version": "13" });
      expect(event.headers).to.include.keys("Host", "Sec-WebSocket-Key", "X-Amzn-Trace-Id", "X-Forwarded-For");
      expect(event.multiValueHeaders?.Origin).to.deep.equal(["https://app.example.com"]);
    });

    it("§2.1 has what the gateway adds", () => {
      expect(event.headers?.["X-Amzn-Trace-Id"]).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
      expect(event.headers).to.include.keys("X-Forwarded-Port", "X-Forwarded-Proto");
    });

    it("§2.1 does not have Connection and Upgrade", () => {
      expect(Object.keys(event.headers ?? {}).map((name) => name.toLowerCase())).not.to.include.members([
        "connection",
        "upgrade",
      ]);
    });

    it("§2.1 has the query string, also with several values", () => {
      expect(event.queryStringParameters).to.include({ a: "1" });
      expect(event.multiValueQueryStringParameters).to.deep.include({ a: ["1"] });
    });

    it("§2.1 has the stage's variables", () => {
      expect(event.stageVariables).to.deep.equal({ colour: "blue" });
    });

    it("§2.4 holds no null anywhere (mistake 17)", () => {
      expect(valuesIn(event)).not.to.include(null);
    });
  });

  it("§2.1 a stage without variables has none in the event", async function () {
    const client = await connectClient(await urlOf(this, "nested"));
    expect(await eventOf(client, { meta: { type: "event" } })).not.to.have.property("stageVariables");
    await client.close();
  });

  it("§2.1 requestTimeEpoch is connectedAt, or a moment later", async function () {
    const { event, client } = await connectEvent(this);
    const { connectedAt, requestTimeEpoch } = event.requestContext;
    expect(Number(requestTimeEpoch) - connectedAt).to.be.within(0, 50);
    await client.close();
  });

  it("§2.3 a $disconnect event has these keys and no others", async function () {
    const client = await connected(this);
    const { connectionId, connectedAt } = (await eventOf(client)).requestContext;
    await client.close();
    const event = await recalled(this, `${connectionId}/DISCONNECT`);
    expect(event).to.have.all.keys(
      "headers",
      "multiValueHeaders",
      "requestContext",
      "stageVariables",
      "isBase64Encoded",
    );
    expect(event.requestContext).to.have.all.keys(...contextKeys, "disconnectStatusCode", "disconnectReason");
    expect(event.requestContext).to.include({ connectionId, connectedAt });
    expect(event.requestContext.disconnectStatusCode).to.be.a("number");
    expect(valuesIn(event)).not.to.include(null);
  });

  it("§2.1 without a query string the event has no keys for it", async function () {
    const client = await connected(this);
    const event = await recalled(this, `${await connectionIdOf(client)}/CONNECT`);
    expect(event).not.to.have.any.keys("queryStringParameters", "multiValueQueryStringParameters", "body");
    await client.close();
  });

  it("§2.2 a message's event has only context, body and stage variables: no headers, no query (mistake 15)", async function () {
    const client = await connected(this, { a: "1" });
    const event = await eventOf(client);
    expect(event).to.have.all.keys("requestContext", "body", "isBase64Encoded", "stageVariables");
    expect(event.requestContext).to.have.all.keys(...contextKeys, "messageId");
    expect(event.requestContext).to.include({ eventType: "MESSAGE", routeKey: "event" });
    expect(valuesIn(event)).not.to.include(null);
    await client.close();
  });

  it("§2.2 the body is the message's text as it was sent (mistake 26)", async function () {
    const client = await connected(this);
    const text = '{ "action" :"event",  "emoji": "🦩" }';
    expect(await eventOf(client, text)).to.include({ body: text, isBase64Encoded: false });
    await client.close();
  });

  it("§2.4 connectedAt stays, requestTimeEpoch moves on", async function () {
    const { event, client } = await connectEvent(this);
    const { requestContext } = await eventOf(client);
    expect(requestContext.connectedAt).to.equal(event.requestContext.connectedAt);
    expect(requestContext.requestTimeEpoch).to.be.a("number").and.at.least(requestContext.connectedAt);
    await client.close();
  });

  it("§2.4 requestTime is written as in access logs", async function () {
    const client = await connected(this);
    const { requestTime } = (await eventOf(client)).requestContext;
    expect(requestTime).to.match(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/);
    await client.close();
  });

  it("§2.4 extendedRequestId equals requestId, and each message has its own", async function () {
    const client = await connected(this);
    const [first, second] = [(await eventOf(client)).requestContext, (await eventOf(client)).requestContext];
    expect(first.extendedRequestId).to.equal(first.requestId);
    expect(second.requestId).not.to.equal(first.requestId);
    await client.close();
  });

  it("§2.5 ids are 15 characters of Base64 and an equals sign (mistake 18)", async function () {
    const client = await connected(this);
    const { connectionId, messageId, requestId } = (await eventOf(client)).requestContext;
    for (const id of [connectionId, messageId, requestId]) expect(id).to.match(idPattern);
    await client.close();
  });

  it("§2.5 a message's id ends as its connection's", async function () {
    const client = await connected(this);
    const { connectionId, messageId } = (await eventOf(client)).requestContext;
    expect(messageId).to.match(new RegExp(`${connectionId.slice(-6)}$`));
    await client.close();
  });

  it("§2.5 the API's id is ten lower-case alphanumerics", async function () {
    const client = await connected(this);
    expect((await eventOf(client)).requestContext.apiId).to.match(/^[a-z0-9]{10}$/);
    await client.close();
  });

  it("§2.4 userAgent is there when the client sent one, on messages too", async function () {
    const named = await connected(this, {}, { client: { headers: { "User-Agent": "conformance" } } });
    expect((await eventOf(named)).requestContext.identity).to.include({ userAgent: "conformance" });
    await named.close();
    const nameless = await connected(this);
    const { identity } = (await eventOf(nameless)).requestContext;
    expect(identity).to.have.all.keys("sourceIp");
    await nameless.close();
  });
});
