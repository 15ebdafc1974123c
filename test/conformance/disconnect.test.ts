import { DeleteConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { expect } from "chai";
import type { TestClient } from "../local/support/test-client.ts";
import { connected, connectionIdOf, type GatewayEvent, recalled } from "./conversation.ts";
import { management } from "./target.ts";

describe("§2.3 $disconnect", () => {
  async function disconnected(
    context: Mocha.Context,
    close: (client: TestClient, id: string) => unknown,
  ): Promise<GatewayEvent> {
    const client = await connected(context);
    const connectionId = await connectionIdOf(client);
    await close(client, connectionId);
    await client.closed;
    return await recalled(context, `${connectionId}/DISCONNECT`);
  }

  const causes: readonly (readonly [string, (client: TestClient) => unknown, number, string | undefined])[] = [
    ["a close without a code is 1005", ({ socket }) => socket.close(), 1005, "Client-side close frame status not set"],
    ["a browser's leaving is 1001, with an empty reason", ({ socket }) => socket.close(1001), 1001, ""],
    ["an explicit code and reason are the client's", ({ socket }) => socket.close(4001, "done"), 4001, "done"],
    ["a connection that breaks is 1006", ({ socket }) => socket.terminate(), 1006, undefined],
  ];
  for (const [fact, close, disconnectStatusCode, disconnectReason] of causes) {
    it(`§2.3 ${fact} (mistake 16)`, async function () {
      const { requestContext } = await disconnected(this, close);
      expect(requestContext).to.include({ eventType: "DISCONNECT", routeKey: "$disconnect", disconnectStatusCode });
      expect(requestContext.disconnectReason).to.be.a("string");
      if (disconnectReason !== undefined) expect(requestContext.disconnectReason).to.equal(disconnectReason);
    });
  }

  it("§2.3 DELETE @connections is 1000, Connection Closed Normally", async function () {
    const client = await management();
    const { requestContext } = await disconnected(this, (_, ConnectionId) =>
      client.send(new DeleteConnectionCommand({ ConnectionId })),
    );
    expect(requestContext).to.include({
      disconnectStatusCode: 1000,
      disconnectReason: "Connection Closed Normally",
    });
  });

  it("§2.3 it has exactly four headers, three of them empty (mistake 16)", async function () {
    const { headers, multiValueHeaders } = await disconnected(this, ({ socket }) => socket.close());
    expect(headers).to.have.all.keys("Host", "x-api-key", "X-Forwarded-For", "x-restapi");
    expect(headers).to.include({ "x-api-key": "", "x-restapi": "" });
    expect(multiValueHeaders).to.deep.include({ "x-restapi": [""] });
  });

  for (const [fact, time] of [
    ["§5.1 an idle connection is closed after 10 minutes with 1001, Going away", "10 minutes"],
    ["§5.1 a connection ends after 2 hours with 1001", "2 hours"],
  ]) {
    it(`${fact} (mistake 24)`, function () {
      console.log(`      skipped: it takes ${time}; here test/local/websocket/limits.test.ts moves the clock`);
      this.skip();
    });
  }
});
