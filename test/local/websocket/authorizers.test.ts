import { expect } from "chai";
import type { Authorizer, Stack } from "#local/stack.ts";
import { type Event, FakeInvoker } from "../support/fake-invoker.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import {
  buildApi,
  buildFunction,
  buildRole,
  buildRoute,
  buildStack,
  buildStage,
  executionArn,
} from "../support/stack-builder.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";

const methodArn = `${executionArn}/dev/$connect`;
const policy = (Effect: string, Resource: string | string[] = methodArn): object => ({
  Version: "2012-10-17",
  Statement: [{ Action: "execute-api:Invoke", Effect, Resource }],
});
const allow = (rest: object = {}): object => ({ principalId: "anna", policyDocument: policy("Allow"), ...rest });

function stackWith(changes: Partial<Authorizer> = {}, stack: Partial<Stack> = {}, stage: object = {}): Stack {
  const authorizer: Authorizer = {
    address: "aws_apigatewayv2_authorizer.a",
    id: "a1b2c3",
    functionName: "authorize",
    identitySources: ["route.request.querystring.token"],
    ...changes,
  };
  const routes = [
    buildRoute("$connect", { authorizationType: "CUSTOM", authorizer }),
    buildRoute("$disconnect"),
    buildRoute("$default"),
  ];
  const functions = ["authorize", "connect", "disconnect", "default"].map((name) => buildFunction(name));
  return buildStack({ functions, apis: [buildApi([buildStage(routes, stage)])], ...stack });
}

describe("Lambda authorizer", () => {
  let running: RunningGateway | undefined;
  let invoker: FakeInvoker;
  const run = async (authorize: (event: Event) => unknown, stack = stackWith(), more = {}): Promise<string> => {
    invoker = new FakeInvoker({ authorize });
    running = await runGateway({ stack, invoker, ...more });
    return running.url;
  };
  afterEach(() => running?.close());

  it("gets exactly AWS's input", async () => {
    const url = await run(() => allow(), stackWith({}, {}, { variables: { color: "blue" } }));
    const client = await connectClient(`${url}?token=t&token=u`, [], { headers: { "user-agent": "tester/1" } });
    const [event] = invoker.eventsOf("authorize");
    expect(event).to.have.all.keys([
      ...["type", "methodArn", "headers", "multiValueHeaders", "queryStringParameters"],
      ...["multiValueQueryStringParameters", "stageVariables", "requestContext"],
    ]);
    expect(event).to.deep.include({
      type: "REQUEST",
      methodArn,
      queryStringParameters: { token: "u" },
      multiValueQueryStringParameters: { token: ["t", "u"] },
      stageVariables: { color: "blue" },
    });
    expect(event.headers).to.include({ Connection: "upgrade", Upgrade: "websocket", "content-length": "0" });
    expect(event.requestContext).to.include({ routeKey: "$connect", eventType: "CONNECT" });
    expect(event.requestContext).not.to.have.property("authorizer");
    const [connect] = invoker.eventsOf("connect");
    expect(connect.headers).not.to.have.any.keys("Connection", "Upgrade", "content-length");
    expect(connect.requestContext.connectionId).to.equal(event.requestContext.connectionId);
    await client.close();
  });

  it("is repeated with its context, as texts, on every later event", async () => {
    const url = await run(() => allow({ context: { plan: "pro", seats: 3, admin: true } }));
    const client = await connectClient(`${url}?token=t`);
    client.send("hello");
    await invoker.called("default");
    await client.close();
    await invoker.called("disconnect");
    for (const name of ["connect", "default", "disconnect"]) {
      const [event] = invoker.eventsOf(name);
      expect(event.requestContext.authorizer).to.deep.equal({
        principalId: "anna",
        plan: "pro",
        seats: "3",
        admin: "true",
      });
    }
  });

  it("runs at every handshake: nothing is cached", async () => {
    const url = await run(() => allow());
    for (const _ of [1, 2]) await (await connectClient(`${url}?token=t`)).close();
    expect(invoker.eventsOf("authorize")).to.have.length(2);
  });

  describe("identity sources", () => {
    const sources = [
      "route.request.header.Auth",
      "route.request.querystring.token",
      "stageVariables.color",
      "context.identity.sourceIp",
    ];

    it("that are missing or empty are 401 without a call", async () => {
      const url = await run(() => allow(), stackWith({ identitySources: sources }, {}, { variables: { color: "b" } }));
      const headers = { Auth: "x" };
      for (const [target, given] of [
        [url, headers],
        [`${url}?token=`, headers],
        [`${url}?token=t`, {}],
        [`${url}?Token=t`, headers],
      ] as const) {
        expect(await refusedHandshake(target, [], { headers: given })).to.include({
          status: 401,
          body: '{"message":"Unauthorized"}',
        });
      }
      expect(invoker.calls).to.deep.equal([]);
      await (await connectClient(`${url}?token=t`, [], { headers })).close();
    });

    it("may be none: then it is always asked", async () => {
      const url = await run(() => allow(), stackWith({ identitySources: [] }));
      await (await connectClient(url)).close();
      expect(invoker.eventsOf("authorize")).to.have.length(1);
    });
  });

  describe("refuses with", () => {
    const refusal = async (authorize: (event: Event) => unknown, stack = stackWith()) => {
      const refused = await refusedHandshake(`${await run(authorize, stack)}?token=t`);
      expect(invoker.eventsOf("connect")).to.deep.equal([]);
      return refused;
    };
    const fails = (message: string) => () => {
      throw message;
    };

    it("403 for Deny, and for a policy that does not allow this", async () => {
      const denied = await refusal(() => ({ principalId: "anna", policyDocument: policy("Deny", "*") }));
      expect(denied).to.include({
        status: 403,
        body: '{"message":"User is not authorized to access this resource with an explicit deny"}',
      });
      await running?.close();
      const other = { principalId: "anna", policyDocument: policy("Allow", `${executionArn}/prod/*`) };
      expect(await refusal(() => other)).to.include({
        status: 403,
        body: '{"message":"User is not authorized to access this resource"}',
      });
    });

    it("401 for the literal error Unauthorized", async () => {
      expect((await refusal(fails("Unauthorized"))).status).to.equal(401);
    });

    it("500 for any other error", async () => {
      expect(await refusal(fails("unauthorized"))).to.include({
        status: 500,
        body: '{"message":"Internal server error"}',
      });
    });

    for (const [what, result] of Object.entries({
      "a result that is no policy": { statusCode: 200 },
      "no principalId": { policyDocument: policy("Allow") },
      "a nested context": allow({ context: { list: [1] } }),
      "a statement without effect": allow({ policyDocument: { Statement: [{ Action: "*", Resource: "*" }] } }),
      "a result above 8 KB": allow({ context: { large: "x".repeat(8192) } }),
      nothing: undefined,
    })) {
      it(`500 for ${what}`, async () => {
        expect((await refusal(() => result)).status).to.equal(500);
      });
    }

    it("500 when API Gateway may not invoke it", async () => {
      const stack = stackWith();
      const permissions = [{ principal: "apigateway.amazonaws.com", sourceArn: `${executionArn}/authorizers/other` }];
      const functions = stack.functions.map((one) => (one.name === "authorize" ? { ...one, permissions } : one));
      expect((await refusal(() => allow(), { ...stack, functions })).status).to.equal(500);
      expect(invoker.calls).to.deep.equal([]);
    });

    it("500 when it does not answer in time", async () => {
      const clock = new MovedClock();
      const url = await run(() => new Promise(() => {}), stackWith(), { clock });
      const refused = refusedHandshake(`${url}?token=t`);
      await invoker.called("authorize");
      clock.move(29_000);
      expect((await refused).status).to.equal(500);
    });
  });

  it("may be invoked by its permission for this authorizer, or with its role", async () => {
    const invoke = { effect: "Allow", actions: ["lambda:InvokeFunction"], resources: ["*"] } as const;
    const role = buildRole("gateway", [invoke]);
    const own = stackWith();
    const sourceArn = `${executionArn}/authorizers/a1b2c3`;
    const byPermission = own.functions.map((one) =>
      one.name === "authorize" ? { ...one, permissions: [{ principal: "apigateway.amazonaws.com", sourceArn }] } : one,
    );
    const byRole = own.functions.map((one) => (one.name === "authorize" ? { ...one, permissions: [] } : one));
    for (const stack of [
      { ...own, functions: byPermission },
      stackWith({ credentialsArn: role.arn }, { functions: byRole, roles: [role] }),
    ]) {
      await (await connectClient(`${await run(() => allow(), stack)}?token=t`)).close();
      await running?.close();
    }
  });

  it("is in the access log: its status, its latency, its context", async () => {
    const format = [
      "$context.eventType $context.authorizer.status $context.authorizer.integrationStatus $context.authorizer.principalId",
      "$context.authorizer.plan $context.authorizer.nope $context.authorize.status $context.authorizer.error",
    ].join(" ");
    const accessLog = { group: "/access", format };
    const url = await run(() => allow({ context: { plan: "pro" } }), stackWith({}, {}, { accessLog }));
    await refusedHandshake(url);
    const client = await connectClient(`${url}?token=t`);
    await client.close();
    await invoker.called("disconnect");
    await running?.close();
    expect(running?.logs.of("/access")).to.deep.equal([
      "CONNECT - - - - - 401 -",
      "CONNECT 200 200 anna pro - 200 -",
      "DISCONNECT - - anna pro - - -",
    ]);
  });

  it("is not open when its throttle is used up", async () => {
    const url = await run(() => allow(), stackWith({}, {}, { throttle: { burst: 0, rate: 0 } }));
    expect((await refusedHandshake(`${url}?token=t`)).status).to.equal(429);
    expect(invoker.calls).to.deep.equal([]);
  });
});
