import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { expect } from "chai";
import { connectClient, refusedHandshake } from "../local/support/test-client.ts";
import { connectEvent, connected, eventOf, recalled, uniqueName } from "./conversation.ts";
import { skipRemotely, urlOf } from "./target.ts";

/** A request of which nothing is added or checked by a WebSocket library. */
async function plainRequest(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const { request } = url.startsWith("wss") ? https : http;
  const sent = request(url.replace(/^ws/, "http"), { headers }).end();
  const [answer] = await Promise.race([once(sent, "response"), once(sent, "upgrade")]);
  answer.resume();
  answer.socket.end();
  return answer;
}

const upgrade = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "MDEyMzQ1Njc4OTAxMjM0NQ==",
};

describe("§1 handshake", () => {
  it("§1.1 a trailing slash after the stage is accepted", async function () {
    const client = await connectClient(`${await urlOf(this)}/`);
    await client.close();
  });

  it("§1.1 a URL of 4,000 characters is accepted", async function () {
    const client = await connected(this, { long: "x".repeat(3900) });
    await client.close();
  });

  it("§1.1 an unknown stage is answered with 403 and Forbidden", async function () {
    const url = (await urlOf(this)).replace(/main$/, "nowhere");
    const { status, body } = await refusedHandshake(url);
    expect({ status, body: JSON.parse(body) }).to.deep.equal({ status: 403, body: { message: "Forbidden" } });
  });

  it("§1.1 a path below the stage is answered with 403", async function () {
    expect((await refusedHandshake(`${await urlOf(this)}/room/1`)).status).to.equal(403);
  });

  it("§1.1 a stage without a deployment knows no route and is answered with 403 (mistake 28)", async function () {
    expect((await refusedHandshake(await urlOf(this, "undeployed"))).status).to.equal(403);
  });

  it("§1.1 a request without an upgrade is answered with 426", async function () {
    expect((await plainRequest(await urlOf(this))).statusCode).to.equal(426);
  });

  it("§1.2 the connection opens only when $connect has finished (mistake 1)", async function () {
    const before = Date.now();
    const client = await connected(this, { waitMs: "700" });
    expect(Date.now() - before).to.be.at.least(700);
    await client.close();
  });

  it("§1.2 the connection id exists during $connect already", async function () {
    const { event, client } = await connectEvent(this);
    expect((await eventOf(client)).requestContext.connectionId).to.equal(event.requestContext.connectionId);
    await client.close();
  });

  it("§1.2 a route $connect is optional (mistake 3)", async function () {
    const client = await connectClient(await urlOf(this, "bare"));
    await client.close();
  });

  for (const status of ["200", "201"]) {
    it(`§1.3 a $connect that answers ${status} opens the connection`, async function () {
      const client = await connected(this, { status });
      await client.close();
    });
  }

  for (const status of ["301", "400", "401", "501"]) {
    it(`§1.3 a $connect that answers ${status} refuses with that HTTP status (mistake 2)`, async function () {
      expect((await refusedHandshake(`${await urlOf(this)}?status=${status}`)).status).to.equal(Number(status));
    });
  }

  it("§1.3 a $connect that throws is answered with 502", async function () {
    expect((await refusedHandshake(`${await urlOf(this)}?fail=oh`)).status).to.equal(502);
  });

  for (const result of ["none", "text", "empty", "word"]) {
    it(`§1.3 a malformed result of $connect is answered with 502: ${result}`, async function () {
      expect((await refusedHandshake(`${await urlOf(this)}?result=${result}`)).status).to.equal(502);
    });
  }

  it("§1.3 a $connect that exceeds its integration's time is answered with 504 (mistake 33)", async function () {
    expect((await refusedHandshake(`${await urlOf(this)}?waitMs=4000`)).status).to.equal(504);
  });

  it("§1.3 a $connect whose function the gateway may not invoke is answered with 500", async function () {
    expect((await refusedHandshake(await urlOf(this, "sealed"))).status).to.equal(500);
  });

  it("§3.4 a body of $connect does not reach the client, not even with a route response", async function () {
    const client = await connected(this);
    client.send({ action: "say", result: { statusCode: 200, body: "first" } });
    expect(await client.next()).to.equal("first");
    await client.close();
  });

  it("§1.3 of what $connect returns, only the subprotocol reaches the client (mistake 34)", async function () {
    const client = await connectClient(`${await urlOf(this)}?protocol=chat`, ["chat"]);
    client.socket.close();
    const { headers, statusCode } = await plainRequest(`${await urlOf(this)}?protocol=chat`, {
      ...upgrade,
      "Sec-WebSocket-Protocol": "chat",
    });
    expect(statusCode).to.equal(101);
    expect(headers).to.include({ "sec-websocket-protocol": "chat" });
    expect(headers).not.to.have.any.keys("set-cookie", "x-extra");
  });

  it("§1.4 the offered subprotocols arrive as one header", async function () {
    const { event, client } = await connectEvent(this, { protocol: "chat" }, { protocols: ["chat", "auth"] });
    expect(event.headers?.["Sec-WebSocket-Protocol"]).to.match(/^chat, ?auth$/);
    await client.close();
  });

  it("§1.4 the subprotocol is the one that $connect returns (mistake 4)", async function () {
    const client = await connected(this, { protocol: "auth" }, { protocols: ["chat", "auth"] });
    expect(client.socket.protocol).to.equal("auth");
    await client.close();
  });

  it("§1.4 without one from $connect there is none (mistake 4)", async function () {
    const offered = { ...upgrade, "Sec-WebSocket-Protocol": "chat" };
    const { statusCode, headers } = await plainRequest(await urlOf(this), offered);
    expect(statusCode).to.equal(101);
    expect(headers).not.to.have.property("sec-websocket-protocol");
  });

  it("§1.4 the name of the returned header may be written in any case", async function () {
    const query = { protocol: "chat", protocolHeader: "Sec-Websocket-Protocol" };
    const client = await connected(this, query, { protocols: ["chat"] });
    expect(client.socket.protocol).to.equal("chat");
    await client.close();
  });

  it("§6 a stage whose throttles are 0 answers every handshake with 429 (mistake 27)", async function () {
    const { status, body } = await refusedHandshake(await urlOf(this, "closed"));
    expect({ status, body: JSON.parse(body) }).to.deep.equal({ status: 429, body: { message: "Too Many Requests" } });
  });

  it("§6 handshakes above the route's rate are answered with 429", async function () {
    const url = await urlOf(this, "narrow");
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        connectClient(url).then(
          (client) => client.close().then(() => 101),
          (error: Error) => Number(/\d{3}$/.exec(error.message)?.[0]),
        ),
      ),
    );
    expect(new Set(outcomes)).to.deep.equal(new Set([101, 429]));
  });

  it("§7.5 a post to the caller inside its own $connect is answered with 410 (mistake 23)", async function () {
    skipRemotely(this, "some report that the call hangs on AWS instead");
    const name = uniqueName();
    const client = await connected(this, { name, post: "yes" });
    expect(await recalled<object>(this, `${name}/POST`)).to.include({ name: "GoneException", status: 410 });
    await client.close();
  });
});
