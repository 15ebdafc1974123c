// Names of the stack's own in front of its stages (aws facts §1.9).
import { request } from "node:http";
import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import type { CustomDomain, Stack } from "#local/stack.ts";
import { type Event, FakeInvoker } from "../support/fake-invoker.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { signHeaders } from "../support/sign-request.ts";
import {
  apiId,
  buildApi,
  buildFunction,
  buildRole,
  buildRoute,
  buildStack,
  buildStage,
  executionArn,
  region,
} from "../support/stack-builder.ts";
import { connectClient, type Refusal, refusedHandshake, type TestClient } from "../support/test-client.ts";

const otherId = "zzzzz99999";
const routes = [buildRoute("$connect"), buildRoute("$disconnect"), buildRoute("$default")];
const functions = ["connect", "disconnect", "default"].map((name) =>
  buildFunction(name, { permissions: [{ principal: "apigateway.amazonaws.com" }] }),
);
const chat: CustomDomain = {
  address: "aws_apigatewayv2_domain_name.chat",
  name: "chat.example.com",
  mappings: [
    { key: "", apiId, stage: "dev" },
    { key: "games", apiId: otherId, stage: "dev" },
    { key: "games/live", apiId: otherId, stage: "prod" },
    { key: "draft", apiId: otherId, stage: "draft" },
  ],
};
const keyed: CustomDomain = { ...chat, name: "keyed.example.com", mappings: [{ key: "v1", apiId, stage: "dev" }] };
const wildcard: CustomDomain = { ...keyed, name: "*.wild.example.com" };
const bare: CustomDomain = { ...keyed, name: "bare.example.com", mappings: [] };

function stackWith(changes: Partial<Stack> = {}, api: Parameters<typeof buildApi>[1] = {}): Stack {
  const others = [
    buildStage(routes),
    buildStage(routes, { name: "prod" }),
    buildStage([], { name: "draft", deployed: false }),
  ];
  return buildStack({
    functions,
    apis: [
      buildApi([buildStage(routes)], api),
      buildApi(others, { address: "aws_apigatewayv2_api.other", id: otherId }),
    ],
    domains: [chat, keyed, wildcard, bare],
    ...changes,
  });
}

describe("custom domains", () => {
  let running: RunningGateway;
  let invoker: FakeInvoker;
  const clients: TestClient[] = [];
  const run = async (stack: Stack = stackWith(), credentials = new Credentials()): Promise<void> => {
    invoker = new FakeInvoker();
    running = await runGateway({ stack, invoker, credentials });
  };
  const addressOf = (path: string): string => `ws://127.0.0.1:${running.port}${path}`;
  /** The `$connect` event of a new connection. */
  const connect = async (host: string, path = "", headers = {}): Promise<Event> => {
    const count = invoker.eventsOf("connect").length;
    clients.push(await connectClient(addressOf(path), [], { headers: { ...headers, host } }));
    return await invoker.called("connect", count + 1);
  };
  const refused = (host: string, path = ""): Promise<Refusal> =>
    refusedHandshake(addressOf(path), [], { headers: { host } });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await running.close();
  });

  for (const [host, path, api, stage] of [
    ["chat.example.com", "", apiId, "dev"],
    ["chat.example.com", "/?token=t", apiId, "dev"],
    ["chat.example.com", "/games", otherId, "dev"],
    ["chat.example.com", "/games/live/", otherId, "prod"],
    ["keyed.example.com", "/v1", apiId, "dev"],
    ["any.wild.example.com", "/v1", apiId, "dev"],
  ] as const) {
    it(`lead from ${host}${path} to a stage, by the longest key`, async () => {
      await run();
      const { requestContext } = await connect(host, path);
      expect(requestContext).to.deep.include({ apiId: api, stage, domainName: host });
    });
  }

  it("are called with any port, in any case, and below localhost, and have one name in events", async () => {
    await run();
    for (const host of [
      "chat.example.com:443",
      `Chat.Example.com:${running.port}`,
      "chat.example.com.localhost:3001",
    ]) {
      const { requestContext, headers, multiValueHeaders } = await connect(host);
      expect(requestContext.domainName, host).to.equal("chat.example.com");
      expect(headers.Host, host).to.equal("chat.example.com");
      expect(multiValueHeaders.Host, host).to.deep.equal(["chat.example.com"]);
    }
    clients[0]?.send("hello");
    expect((await invoker.called("default")).requestContext.domainName).to.equal("chat.example.com");
    await clients.shift()?.close();
    const { headers, requestContext } = await invoker.called("disconnect");
    expect([headers.Host, requestContext.domainName]).to.deep.equal(["chat.example.com", "chat.example.com"]);
  });

  it("have header names in lower case behind a key of several levels, and only there", async () => {
    await run();
    const sent = { "X-Token": "t", "User-Agent": "tester/1" };
    const one = await connect("chat.example.com", "/games", sent);
    expect(one.headers).to.include({ "X-Token": "t", "User-Agent": "tester/1", "X-Forwarded-Port": "443" });
    const two = await connect("chat.example.com", "/games/live", sent);
    expect(two.headers).to.include({ "x-token": "t", "user-agent": "tester/1", "x-forwarded-port": "443" });
    expect(two.headers).to.include({ host: "chat.example.com" });
    for (const name of Object.keys(two.multiValueHeaders)) expect(name).to.equal(name.toLowerCase());
  });

  it("tell authorizers the real stage, and names in the same case", async () => {
    const authorizer = { address: "a", id: "a1b2c3", functionName: "authorize", identitySources: [] };
    const guarded = [buildRoute("$connect", { authorizationType: "CUSTOM", authorizer })];
    const stage = buildStage(guarded, { name: "prod" });
    const stack = stackWith({
      functions: [
        ...functions,
        buildFunction("authorize", { permissions: [{ principal: "apigateway.amazonaws.com" }] }),
      ],
      apis: [buildApi([stage], { id: otherId })],
    });
    await run(stack);
    expect((await refused("chat.example.com", "/games/live")).status, "its answer is no policy").to.equal(500);
    const event = await invoker.called("authorize");
    expect(event.methodArn).to.match(new RegExp(`:${otherId}/prod/\\$connect$`));
    expect(event.headers).to.include({ connection: "upgrade", upgrade: "websocket", host: "chat.example.com" });
    expect(event.headers).not.to.have.any.keys("Connection", "Upgrade");
  });

  for (const [what, host, path] of [
    ["the stage in the path", "chat.example.com", "/dev"],
    ["a path below a key", "chat.example.com", "/games/live/room"],
    ["no key where one is needed", "keyed.example.com", ""],
    ["the beginning of a key", "keyed.example.com", "/v"],
    ["a key in another case", "keyed.example.com", "/V1"],
    ["a stage without a deployment", "chat.example.com", "/draft"],
    ["a domain without mappings", "bare.example.com", ""],
    ["the management API's path", "chat.example.com", "/@connections/AAAAAAAAAAAAAAA="],
  ] as const) {
    it(`answer 403 to ${what}`, async () => {
      await run();
      const { status, body } = await refused(host, path);
      expect({ status, body }).to.deep.equal({ status: 403, body: '{"message":"Forbidden"}' });
      expect(invoker.calls).to.deep.equal([]);
    });
  }

  it("are the stack's own alone: names beside them stay refused", async () => {
    await run();
    for (const host of [
      "example.com",
      "evil.example.com",
      "chat.example.com.evil.org",
      "evil.chat.example.com",
      "wild.example.com",
      "a.b.wild.example.com",
      "*.example.com",
    ]) {
      const { status, body } = await refused(host, "/v1");
      expect(status, host).to.equal(403);
      expect(body, host).to.include("does not answer to the host name");
    }
  });

  it("answer 426 to a plain GET that would reach a stage", async () => {
    await run();
    const statusOf = async (path: string): Promise<number> => {
      const headers = { host: "chat.example.com" };
      return (await fetchWith(`http://127.0.0.1:${running.port}${path}`, { headers })).status;
    };
    expect(await statusOf("/games")).to.equal(426);
    expect(await statusOf("/nowhere")).to.equal(403);
  });

  describe("with the management API", () => {
    /** Of a function whose role may do all, unless it says otherwise; its signature is verified. */
    const signer = (credentials: Credentials, resource = `${executionArn}/*`) => {
      const role = buildRole("r", [
        { effect: "Allow", actions: ["execute-api:ManageConnections"], resources: [resource] },
      ]);
      return credentials.issue({ role, functionName: "default" });
    };
    const post = async (
      key: Parameters<typeof signHeaders>[0],
      path: string,
      signedHost = "chat.example.com",
    ): Promise<{ status: number; body: string; type: string | undefined }> => {
      const toSign = { method: "POST", url: `https://${signedHost}${path}`, body: "hello" };
      const headers = { ...signHeaders(key, toSign), host: "chat.example.com" };
      return await fetchWith(`http://127.0.0.1:${running.port}${path}`, { method: "POST", headers, body: "hello" });
    };

    it("take what is signed for the domain, without a stage or with the key", async () => {
      const credentials = new Credentials();
      await run(stackWith(), credentials);
      const { connectionId } = (await connect("chat.example.com")).requestContext;
      const key = signer(credentials);
      expect((await post(key, `/@connections/${encodeURIComponent(connectionId)}`)).status).to.equal(200);
      expect(await clients[0]?.next()).to.equal("hello");
      const all = signer(credentials, "*");
      const other = (await connect("chat.example.com", "/games/live")).requestContext.connectionId;
      expect((await post(all, `/games/live/@connections/${encodeURIComponent(other)}`)).status).to.equal(200);
      expect(await clients[1]?.next()).to.equal("hello");
      const elsewhere = await post(all, `/games/@connections/${encodeURIComponent(other)}`);
      expect(elsewhere, "of another stage").to.deep.include({ status: 410, type: "GoneException" });
    });

    it("refuse a signature for another host, and a role without permission for the stage", async () => {
      const credentials = new Credentials();
      await run(stackWith(), credentials);
      const { connectionId } = (await connect("chat.example.com")).requestContext;
      const path = `/@connections/${encodeURIComponent(connectionId)}`;
      const forged = await post(signer(credentials), path, "keyed.example.com");
      expect(forged).to.deep.include({ status: 403, type: "InvalidSignatureException" });
      const denied = await post(signer(credentials, `${executionArn}/prod/*`), path);
      expect(denied.status).to.equal(403);
      expect(denied.body).to.include(`${executionArn}/dev/POST/@connections/${connectionId}`);
    });

    it("name the route that a path with the stage's name asks for, as AWS does", async () => {
      const credentials = new Credentials();
      await run(stackWith(), credentials);
      const { connectionId } = (await connect("chat.example.com")).requestContext;
      expect(await post(signer(credentials), `/dev/@connections/${encodeURIComponent(connectionId)}`)).to.deep.equal({
        status: 403,
        body: JSON.stringify({
          message: `No method found matching route dev/@connections/${connectionId} for http method POST.`,
        }),
        type: "ForbiddenException",
      });
      expect((await post(signer(credentials), "/nowhere/@connections/x", "keyed.example.com")).status).to.equal(403);
    });
  });

  describe("of an API whose own endpoint is disabled", () => {
    const awsName = `${apiId}.execute-api.${region}.amazonaws.com`;

    it("lead to it, as this machine's names do, and AWS's own name does not", async () => {
      await run(stackWith({}, { defaultEndpoint: false }));
      await connect("chat.example.com");
      await connect(`${apiId}.localhost:${running.port}`, "/dev");
      expect(await refused(awsName, "/dev")).to.deep.include({ status: 403, body: '{"message":"Forbidden"}' });
      const headers = {
        host: awsName,
        authorization: "AWS4-HMAC-SHA256 Credential=A/20261120/x/execute-api/aws4_request",
      };
      const path = `/dev/@connections/${invoker.eventsOf("connect")[0].requestContext.connectionId}`;
      const answer = await fetchWith(`http://127.0.0.1:${running.port}${path}`, { headers });
      expect(answer).to.deep.equal({ status: 403, body: '{"message":"Forbidden"}', type: "ForbiddenException" });
    });

    it("are as they were for the other API of the file", async () => {
      await run(stackWith({}, { defaultEndpoint: false }));
      expect((await connect(awsName.replace(apiId, otherId), "/dev")).requestContext.apiId).to.equal(otherId);
    });
  });

  it("change with the stack, and open connections stay", async () => {
    await run();
    await connect("chat.example.com");
    running.gateway.replace(stackWith({ domains: [keyed] }));
    expect((await refused("chat.example.com")).body).to.include("does not answer to the host name");
    await connect("keyed.example.com", "/v1");
    clients[0]?.send("still there");
    expect((await invoker.called("default")).body).to.equal("still there");
  });
});

/** `fetch` sends a Host of its own. */
function fetchWith(
  url: string,
  { method = "GET", headers, body }: { method?: string; headers: Record<string, string>; body?: string },
): Promise<{ status: number; body: string; type: string | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const type = response.headers["x-amzn-errortype"]?.toString();
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), type });
      });
    });
    sent.on("error", reject).end(body);
  });
}
