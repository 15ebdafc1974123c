import { expect } from "chai";
import type { ApiKey, Route } from "#local/stack.ts";
import { type Event, FakeInvoker } from "../support/fake-invoker.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage, executionArn } from "../support/stack-builder.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";

const secret = "k".repeat(20);

function key(changes: Partial<ApiKey> = {}): ApiKey {
  const address = "aws_api_gateway_api_key.partner";
  return { address, id: "abc123", value: secret, madeUp: false, planId: "plan01", ...changes };
}

const functions = ["connect", "disconnect", "default", "authorize"].map((name) => buildFunction(name));
const authorizer = {
  address: "aws_apigatewayv2_authorizer.a",
  id: "a1",
  functionName: "authorize",
  identitySources: [],
};

describe("API keys", () => {
  let running: RunningGateway | undefined;
  let invoker: FakeInvoker;
  const clock = new MovedClock();

  async function run(
    apiKeys: readonly ApiKey[],
    { connect = {}, source = "header" as "header" | "authorizer", authorize = (_event: Event): unknown => null } = {},
  ): Promise<string> {
    invoker = new FakeInvoker({ authorize });
    const routes = [
      buildRoute("$connect", { apiKeyRequired: true, ...(connect as Partial<Omit<Route, "integration">>) }),
      buildRoute("$disconnect"),
      buildRoute("$default"),
    ];
    const accessLog = {
      group: "/access",
      format: "$context.status $context.error.responseType $context.identity.apiKeyId",
    };
    const stages = ["dev", "other"].map((name) => buildStage(routes, { name, apiKeys, accessLog }));
    const stack = buildStack({ functions, apis: [buildApi(stages, { apiKeySource: source })] });
    running = await runGateway({ stack, invoker, clock });
    return running.url;
  }
  const knock = (url: string, given = secret) => refusedHandshake(url, [], { headers: { "x-api-key": given } });
  const enter = async (url: string): Promise<void> => {
    const client = await connectClient(url, [], { headers: { "X-Api-Key": secret } });
    await client.close();
  };
  afterEach(() => running?.close());

  it("are asked for before the function: without one, or with another, it is 403", async () => {
    const url = await run([key()]);
    for (const refused of [await refusedHandshake(url), await knock(url, "another"), await knock(url, "")]) {
      expect(refused.status).to.equal(403);
      expect(JSON.parse(refused.body)).to.deep.equal({ message: "Forbidden" });
    }
    expect(invoker.calls).to.deep.equal([]);
    expect(running?.logs.of("/access")[0]).to.equal("403 INVALID_API_KEY -");
  });

  it("are in the event of $connect and of every later one", async () => {
    const client = await connectClient(await run([key()]), [], { headers: { "x-api-key": secret } });
    client.send("hello");
    const events: Event[] = [await invoker.called("connect"), await invoker.called("default")];
    await client.close();
    events.push(await invoker.called("disconnect"));
    for (const { requestContext } of events)
      expect(requestContext.identity).to.include({ apiKey: secret, apiKeyId: "abc123" });
    expect(events[0].headers["x-api-key"]).to.equal(secret);
    expect(running?.logs.of("/access")[0]).to.equal("200 - abc123");
  });

  it("may be what the authorizer says, and then not what the client says", async () => {
    const authorize = ({ queryStringParameters: { who } }: Event): unknown => ({
      principalId: who,
      usageIdentifierKey: who === "ada" ? secret : "unknown",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: `${executionArn}/*` }],
      },
    });
    const connect = { authorizationType: "CUSTOM", authorizer };
    const url = await run([key()], { source: "authorizer", authorize, connect });
    const client = await connectClient(`${url}?who=ada`);
    const { requestContext } = await invoker.called("connect");
    expect(requestContext.identity).to.include({ apiKey: secret });
    expect(requestContext.authorizer).to.deep.equal({ principalId: "ada" });
    await client.close();
    expect((await knock(`${url}?who=bob`)).status).to.equal(403);
  });

  it("are asked for after the authorizer has said yes", async () => {
    const identitySources = ["route.request.querystring.token"];
    const connect = { authorizationType: "CUSTOM", authorizer: { ...authorizer, identitySources } };
    expect((await refusedHandshake(await run([key()], { connect }))).status).to.equal(401);
  });

  it("have the throttle of their usage plan, for all of its stages together: 429", async () => {
    const url = await run([key({ throttle: { burst: 2, rate: 1 } })]);
    await enter(url);
    await enter(url.replace(/dev$/, "other"));
    expect((await knock(url)).status).to.equal(429);
    clock.move(1000);
    await enter(url);
  });

  it("have its quota, which begins anew with the day: 429 with Limit Exceeded", async () => {
    const url = await run([key({ quota: { limit: 2, offset: 1, period: "DAY" } })]);
    await enter(url);
    const { status, body } = await knock(url);
    expect({ status, body: JSON.parse(body) }).to.deep.equal({ status: 429, body: { message: "Limit Exceeded" } });
    expect(running?.logs.of("/access").at(-1)).to.equal("429 QUOTA_EXCEEDED -");
    clock.move(24 * 3_600_000);
    await enter(url);
    await enter(url);
    expect((await knock(url)).status).to.equal(429);
  });

  for (const [period, days] of [
    ["WEEK", 7],
    ["MONTH", 31],
  ] as const) {
    it(`have a quota of a ${period.toLowerCase()}`, async () => {
      const url = await run([key({ quota: { limit: 1, offset: 0, period } })]);
      await enter(url);
      expect((await knock(url)).status).to.equal(429);
      clock.move(days * 24 * 3_600_000);
      await enter(url);
    });
  }
});
