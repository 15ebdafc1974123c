// What pages in the browser of whoever runs the stack can do to it, port by port.
import { once } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { strToU8, zipSync } from "fflate";
import { type LocalStack, startLocal } from "#local/start-local.ts";
import { type AskedRequest, foreignRequest, readableBy } from "#local/web-pages.ts";
import { type OidcIssuer, startOidcIssuer } from "#scripts/oidc-issuer.ts";
import { echoTerraform } from "./support/echo-terraform.ts";
import { TestDirectory } from "./support/running-lambda.ts";
import { signHeaders } from "./support/sign-request.ts";
import { connectClient } from "./support/test-client.ts";

const developer = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" };
const here = { host: "127.0.0.1:8000" };

describe("a web page", () => {
  const refusal = (headers: AskedRequest["headers"], method = "POST"): string | undefined =>
    foreignRequest({ method, headers: { ...here, ...headers } })?.message;

  it("of another machine is refused, by its origin", () => {
    for (const origin of [
      "http://evil.example",
      "https://evil.example:8080",
      "http://127.0.0.1.evil.example",
      "http://localhost.evil.example",
      "http://192.168.1.7:8080",
      "chrome-extension://abcdefgh",
      "file://",
      "null",
      "",
    ]) {
      expect(refusal({ origin }), origin).to.include(`A web page of ${origin} may not use the local stack.`);
      expect(readableBy({ origin })).not.to.have.property("Access-Control-Allow-Origin");
    }
  });

  it("of this machine is not, and may read the answer", () => {
    for (const origin of [
      "http://localhost:5173",
      "https://localhost",
      "http://app.localhost:3000",
      "http://127.0.0.1:8080",
      "http://[::1]:8080",
    ]) {
      expect(refusal({ origin, "sec-fetch-site": "cross-site" }), origin).to.equal(undefined);
      expect(readableBy({ origin })).to.deep.equal({ "Access-Control-Allow-Origin": origin, Vary: "Origin" });
    }
  });

  it("of another machine is refused where browsers name no origin, unless a link was followed", () => {
    const image = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
    expect(refusal(image, "GET")).to.include("may not use the local stack");
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect(refusal(link, "GET")).to.equal(undefined);
    expect(refusal(link, "POST")).to.include("may not use the local stack");
    for (const site of ["none", "same-origin", "same-site"]) {
      expect(refusal({ ...image, "sec-fetch-site": site }, "GET"), site).to.equal(undefined);
    }
  });

  it("reaches this machine by no name of its own, and programs by all its names", () => {
    expect(refusal({ host: "rebound.example:8000" })).to.include('host name "rebound.example"');
    expect(refusal({ host: "evil.internal" })).to.include('host name "evil.internal"');
    for (const host of [
      "localhost:8000",
      "[::1]:8000",
      "192.168.1.7:8000",
      "host.docker.internal:8000",
      "dynamodb.eu-central-1.amazonaws.com",
    ]) {
      expect(refusal({ host }), host).to.equal(undefined);
    }
  });
});

describe("the ports of a local stack", () => {
  const directory = new TestDirectory();
  let local: LocalStack;
  let issuer: OidcIssuer;
  before(async () => {
    const handler = "export const handler = async () => ({ statusCode: 200, body: 'called' });";
    const folder = directory.write("pages", {
      "cdk.tf.json": JSON.stringify(echoTerraform()),
      "echo.zip": zipSync({ "index.mjs": strToU8(handler) }),
    });
    local = await startLocal({ terraform: join(folder, "cdk.tf.json"), port: 0 });
    issuer = await startOidcIssuer({ audience: "page", people: { ann: { name: "Ann", rooms: [] } } });
  });
  after(async () => {
    await issuer.close();
    await local.close();
    directory.remove();
  });

  const send = async (
    url: string,
    { method = "POST", headers = {}, body = "" }: { method?: string; headers?: object; body?: string },
  ) => {
    const outgoing = request(url, { method, headers: { ...headers } });
    outgoing.end(body);
    const [response] = await once(outgoing, "response");
    return { status: response.statusCode as number, headers: response.headers, body: await text(response) };
  };
  /** What each port answers with 200 or, of a connection that is not there, with 410. */
  const requests = () => {
    const signed = (url: string, service: string, body: string, more = {}) => ({
      url,
      body,
      headers: { ...signHeaders(developer, { method: "POST", url, service, body }), ...more },
    });
    const target = { "x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0" };
    return {
      DynamoDB: signed(local.dynamodbUrl, "dynamodb", "{}", target),
      Lambda: signed(`${local.lambdaUrl}/2015-03-31/functions/echo/invocations`, "lambda", "{}"),
      "@connections": signed(`${local.managementUrls[0]}/@connections/AAAAAAAAAAAAAAA=`, "execute-api", "x"),
      issuer: {
        url: `${issuer.url}/token`,
        body: "user=ann",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      },
    };
  };

  for (const port of ["DynamoDB", "Lambda", "@connections", "issuer"] as const) {
    it(`refuse foreign pages and host names: ${port}`, async () => {
      const { url, body, headers } = requests()[port];
      const fine = port === "@connections" ? 410 : 200;
      expect((await send(url, { headers, body })).status).to.equal(fine);
      const page = await send(url, { headers: { ...headers, origin: "http://evil.example" }, body });
      expect(page.status).to.equal(403);
      expect(JSON.parse(page.body).message).to.match(/^A web page of http:\/\/evil\.example may not/);
      expect(page.headers).not.to.have.property("access-control-allow-origin");
      const simple = { ...headers, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
      expect((await send(url, { headers: simple, body })).status).to.equal(403);
      const rebound = await send(url, { headers: { ...headers, host: "rebound.example" }, body });
      expect(rebound.status).to.equal(403);
      expect(JSON.parse(rebound.body).message).to.include('host name "rebound.example"');
      expect((await send(url, { headers: { ...headers, origin: "http://localhost:1" }, body })).status).to.equal(fine);
    });
  }

  it("let a page of this machine read tables, which asks first", async () => {
    const { url, body, headers } = requests().DynamoDB;
    const origin = "http://localhost:5173";
    const asking = {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-amz-target",
    };
    const preflight = await send(url, { method: "OPTIONS", headers: asking });
    expect(preflight.status).to.equal(200);
    expect(preflight.headers).to.include({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "x-amz-target",
      vary: "Origin",
    });
    const answer = await send(url, { headers: { ...headers, origin }, body });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).to.deep.equal([200, origin]);
    const foreign = await send(url, { method: "OPTIONS", headers: { ...asking, origin: "http://evil.example" } });
    expect([foreign.status, foreign.headers["access-control-allow-origin"]]).to.deep.equal([403, undefined]);
    const noPage = await send(url, { headers, body });
    expect(noPage.headers).not.to.have.property("access-control-allow-origin");
  });

  it("let a page of this machine sign in, wherever the link to it was", async () => {
    const origin = "http://localhost:8080";
    const { headers } = await send(`${issuer.url}/.well-known/jwks.json`, { method: "GET", headers: { origin } });
    expect(headers["access-control-allow-origin"]).to.equal(origin);
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    const answer = await send(`${issuer.url}/authorize?client_id=none`, { method: "GET", headers: link });
    expect(answer.body).to.include("This link is wrong");
  });

  it("let any page shake hands for a WebSocket: whom to let in is the stack's to say, as on AWS", async () => {
    const client = await connectClient(local.urls[0] ?? "", [], { headers: { origin: "http://evil.example" } });
    client.send({ action: "echo" });
    expect(await client.next()).to.equal("called");
    await client.close();
  });
});
