import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import { signHeaders } from "../local/support/sign-request.ts";
import { connectClient, refusedHandshake, type TestClient } from "../local/support/test-client.ts";
import { eventOf, type GatewayEvent, uniqueName } from "./conversation.ts";
import { type Address, addressOf } from "./custom-domain.ts";
import { signerOf } from "./target.ts";

describe("§1.9 custom domains", () => {
  const clients: TestClient[] = [];
  let domain: Address;

  beforeEach(async function () {
    domain = await addressOf(this as unknown as Mocha.Context, "domain");
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });

  async function connected(path: string, query: Readonly<Record<string, string>> = {}): Promise<TestClient> {
    const search = new URLSearchParams(query).toString();
    const client = await connectClient(`${domain.url}${path}?${search}`, [], domain.options);
    clients.push(client);
    return client;
  }

  /** The `$connect` event of a new connection. */
  async function connectEvent(path: string): Promise<GatewayEvent> {
    const name = uniqueName();
    const client = await connected(path, { name });
    return await eventOf(client, { action: "recall", key: `${name}/CONNECT` });
  }

  /** A signed request to the management API. */
  async function manage(
    context: Mocha.Context,
    path: string,
    { host, url } = domain,
  ): Promise<{ status: number | undefined; message: string | undefined }> {
    const signer = await signerOf(context);
    const body = "posted";
    const headers = signHeaders(signer, { method: "POST", url: `https://${host}${path}`, body, region: signer.region });
    const { request } = url.startsWith("wss") ? https : http;
    const sent = request(new URL(path, url.replace(/^ws/, "http")), { method: "POST", headers });
    const [answer] = await once(sent.end(body), "response");
    const text = (await buffer(answer)).toString();
    return { status: answer.statusCode, message: text === "" ? undefined : JSON.parse(text).message };
  }
  const connectionPath = (event: GatewayEvent): string =>
    `/@connections/${encodeURIComponent(event.requestContext.connectionId)}`;

  for (const path of ["", "/games/v1"]) {
    it(`§1.9 events have the domain's name and the real stage: ${path || "without a key"}`, async () => {
      const { requestContext } = await eventOf(await connected(path));
      expect(requestContext).to.include({ domainName: domain.host, stage: "real" });
    });
  }

  it("§1.9 the Host header is the domain's name", async () => {
    expect((await connectEvent("")).headers?.Host).to.equal(domain.host);
  });

  it("§1.9 header names are in lower case behind a key of several levels", async () => {
    const { headers = {} } = await connectEvent("/games/v1");
    expect(headers).to.include({ host: domain.host, "sec-websocket-version": "13" });
    expect(Object.keys(headers).filter((name) => name !== name.toLowerCase())).to.deep.equal([]);
  });

  for (const path of ["/real", "/games", "/games/v1/room"]) {
    it(`§1.9 a path that is no key is answered with 403: ${path}`, async () => {
      expect((await refusedHandshake(`${domain.url}${path}`, [], domain.options)).status).to.equal(403);
    });
  }

  for (const path of ["", "/games/v1"]) {
    it(`§1.9 @connections is behind the key, without the stage: ${path || "without a key"}`, async function () {
      const client = await connected(path);
      const answer = await manage(this, `${path}${connectionPath(await eventOf(client))}`);
      expect(answer).to.deep.equal({ status: 200, message: undefined });
      expect(await client.next()).to.equal("posted");
    });
  }

  it("§1.9 @connections behind the stage's name is no method of the domain", async function () {
    const path = `/real${connectionPath(await eventOf(await connected("")))}`;
    const { status, message } = await manage(this, path);
    expect(status).to.equal(403);
    expect(message).to.match(/^No method found matching route real\/@connections\/.{16} for http method POST/);
  });

  it("§1.9 an API whose own endpoint is disabled answers there with 403, to @connections too", async function () {
    const own = await addressOf(this, "disabled");
    expect(await refusedHandshake(own.url, [], own.options)).to.deep.include({
      status: 403,
      body: '{"message":"Forbidden"}',
    });
    const path = `/real${connectionPath(await eventOf(await connected("")))}`;
    expect(await manage(this, path, own)).to.deep.equal({ status: 403, message: "Forbidden" });
  });
});
