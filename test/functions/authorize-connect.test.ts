// What `$connect` makes of what the authorizer has found.
import { expect } from "chai";
import { openConnection } from "#chat/open-connection.ts";
import type { WebSocketEvent } from "#functions/runtime/event.ts";
import { onConnect } from "#functions/runtime/on-connect.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

const CONTEXT = { principalId: "ann", userId: "ann", name: "Ann", rooms: '["tea"]', expiresAt: "9999999999999" };

describe("$connect", () => {
  let world: ChatWorld;
  let logged: unknown[];
  beforeEach(async () => {
    world = await openChatWorld();
    logged = [];
  });
  afterEach(() => world.close());

  const connect = (mode: "none" | "jwt", event: Partial<WebSocketEvent>, authorizer?: Record<string, unknown>) => {
    const note = (...all: unknown[]) => logged.push(all);
    const log = { info: note, warn: note, error: note };
    const requestContext: WebSocketEvent["requestContext"] = {
      connectionId: "c",
      requestTimeEpoch: 0,
      connectedAt: Date.now(),
      routeKey: "$connect",
      eventType: "CONNECT",
      requestId: "r",
      ...(authorizer && { authorizer }),
    };
    return onConnect(world.ports, { auth: { mode }, log })({ ...event, requestContext });
  };

  it("takes the identity of the token, and nothing of the query", async () => {
    const query = { userId: "bob", name: "Bob", rooms: "*", expiresAt: "1", dialect: "native" };
    expect(await connect("jwt", { queryStringParameters: query }, CONTEXT)).to.deep.equal({ statusCode: 200 });
    expect(await world.connection("c")).to.deep.include({
      userId: "ann",
      name: "Ann",
      rooms: ["tea"],
      expiresAt: 9_999_999_999_999,
      dialect: "native",
    });
  });

  it("lets nobody in whom the authorizer did not name", async () => {
    const query = { queryStringParameters: { userId: "bob" } };
    for (const authorizer of [undefined, {}, { principalId: "ann" }])
      expect(await connect("jwt", query, authorizer)).to.deep.equal({ statusCode: 500 });
    expect((await world.ports.snapshots.read({ connections: ["c"] })).connection("c")).to.equal(undefined);
  });

  it("believes nothing an authorizer says where tokens are not asked for", async () => {
    await connect("none", { queryStringParameters: { userId: "bob" } }, CONTEXT);
    expect(await world.connection("c"))
      .to.include({ userId: "bob" })
      .and.not.have.property("expiresAt");
  });

  it("answers with the protocol bearer, never with the token", async () => {
    for (const mode of ["none", "jwt"] as const) {
      const headers = { "Sec-WebSocket-Protocol": "chat, bearer, hush" };
      const result = await connect(mode, { headers }, CONTEXT);
      expect(result).to.deep.equal({ statusCode: 200, headers: { "Sec-WebSocket-Protocol": "bearer" } });
    }
    expect(await connect("jwt", { headers: { "sec-websocket-protocol": "chat" } }, CONTEXT)).not.to.have.property(
      "headers",
    );
    expect(JSON.stringify(logged)).not.to.include("hush");
  });

  it("cannot be had as a row that is no connection", async () => {
    await openConnection(world.ports, { connectionId: "d", connectedAt: Date.now(), userId: "bob" });
    await openConnection(world.ports, { connectionId: "e", connectedAt: Date.now(), userId: "cid" });
    for (const to of [{ connection: "user#bob" }, { user: "user#bob" }]) {
      const answer = await world.say("e", { action: "sendMessage", to, content: "hi", requestId: "r" });
      expect(answer?.code).to.equal("connection" in to ? "not_found" : undefined);
    }
  });
});
