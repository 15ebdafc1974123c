import { expect } from "chai";
import type { ApiKey, Stack, WebSocketApi } from "#local/stack.ts";
import { gatewayProblems, gatewayWarnings } from "#local/websocket/stack-problems.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";

describe("what is not served", () => {
  it("is refused with place and reason, all at once", () => {
    const mock = { requestTemplates: {}, passthrough: "NEVER", responses: [] } as const;
    const routes = [
      buildRoute("$connect", { authorizationType: "CUSTOM" }),
      buildRoute("ping", { twoWay: true, integration: { type: "MOCK", mock } }),
      { ...buildRoute("empty"), integration: undefined },
      buildRoute("lost"),
    ];
    const api = buildApi([buildStage(routes)], { routeSelectionExpression: "$request.header.x" });
    const problems = gatewayProblems(buildStack({ apis: [api], functions: [buildFunction("connect")] }));
    expect(problems).to.have.length(5);
    expect(problems[0]).to.include("aws_apigatewayv2_api.chat: route_selection_expression:");
    expect(problems[1]).to.include('stage "dev", route "$connect": authorization_type is CUSTOM');
    expect(problems[2]).to.include('route "ping": is two-way, and aws_apigatewayv2_integration.ping has no');
    expect(problems[3]).to.include('route "empty": has no integration');
    expect(problems[4]).to.include('invokes the function "lost", which the file does not define');
  });

  it("includes templates and models that are not served, by their names", () => {
    const mock = {
      requestTemplates: { $default: '#include("status.vm") {"statusCode": 200}' },
      passthrough: "NEVER",
      responses: [],
    } as const;
    const models = { selectionExpression: "$request.header.x", schemas: { a: "{" } };
    const routes = [buildRoute("ping", { integration: { type: "MOCK", mock }, models })];
    const problems = gatewayProblems(buildStack({ apis: [buildApi([buildStage(routes)])] }));
    expect(problems).to.have.length(2);
    expect(problems[0]).to.equal(
      'aws_apigatewayv2_integration.ping: request_templates, "$default": #include is not served',
    );
    expect(problems[1]).to.include("$request.header.x");
  });

  it("is nothing for a plain stack", () => {
    const stack = buildStack({
      apis: [buildApi([buildStage([buildRoute("one")])])],
      functions: [buildFunction("one")],
    });
    expect(gatewayProblems(stack)).to.deep.equal([]);
    expect(gatewayWarnings(stack)).to.deep.equal([]);
  });

  it("includes an authorizer that could not work", () => {
    const authorizer = {
      address: "aws_apigatewayv2_authorizer.a",
      id: "a1b2c3",
      functionName: "nobody",
      credentialsArn: "arn:aws:iam::000000000000:role/none",
      identitySources: ["$request.header.Auth", "route.request.header.Auth"],
    };
    const routes = [buildRoute("$connect", { authorizationType: "CUSTOM", authorizer })];
    const problems = gatewayProblems(
      buildStack({ apis: [buildApi([buildStage(routes)])], functions: [buildFunction("connect")] }),
    );
    expect(problems).to.have.length(3);
    expect(problems[0]).to.match(
      /aws_apigatewayv2_authorizer\.a: the identity source "\$request\.header\.Auth" is none/,
    );
    expect(problems[1]).to.include("role/none, which the file does not define");
    expect(problems[2]).to.include('invokes the function "nobody"');
  });

  it("warns of an API key that nobody can have", () => {
    const warningsOf = (apiKeys: readonly ApiKey[], changes: Partial<WebSocketApi>): string[] => {
      const stage = buildStage([buildRoute("$connect", { apiKeyRequired: true })], { apiKeys });
      return gatewayWarnings(buildStack({ apis: [buildApi([stage], changes)] }));
    };
    const place =
      'aws_apigatewayv2_api.chat, stage "dev", route "$connect": requires an API key, so every handshake is';
    expect(warningsOf([], {})).to.deep.equal([`${place} answered with 403: no usage plan gives one to this stage`]);
    const key = { address: "aws_api_gateway_api_key.a", id: "a", value: "b", madeUp: false, planId: "c" };
    expect(warningsOf([key], {})).to.deep.equal([]);
    expect(warningsOf([key], { apiKeySource: "authorizer" })).to.deep.equal([
      `${place} answered with 403: it is looked for in what the authorizer says, and there is no authorizer`,
    ]);
  });

  it("includes an access log that AWS would refuse; a variable that does not exist is warned of", () => {
    const stackOf = (format: string): Stack =>
      buildStack({ apis: [buildApi([buildStage([], { accessLog: { group: "/access", format } })])] });
    const place = 'aws_apigatewayv2_api.chat, stage "dev": access_log_settings:';
    expect(gatewayProblems(stackOf("$context.status\n$context.stage"))).to.deep.equal([
      `${place} format has neither $context.requestId nor $context.extendedRequestId, one of which AWS asks for`,
      `${place} format has several lines; AWS takes one`,
    ]);
    expect(gatewayProblems(stackOf(`$context.extendedRequestId ${"x".repeat(3072)}`))).to.deep.equal([
      `${place} format has 3099 bytes; AWS takes up to 3072`,
    ]);
    const known = stackOf("$context.requestId $context.waf.status $context.authorizer.plan $context.identity.apiKey\n");
    expect([...gatewayProblems(known), ...gatewayWarnings(known)]).to.deep.equal([]);
    expect(gatewayWarnings(stackOf("$context.requestId $context.identity.ip"))).to.deep.equal([
      `${place} $context.identity.ip is no variable of a WebSocket API: it is logged as -`,
    ]);
  });

  it("warns of names that AWS keeps or has trouble with, and of more than its quotas", () => {
    const routes = Array.from({ length: 301 }, (_, at) => buildRoute(`route${at}`));
    const names = ["ping", "$default", ..."abcdefghi"];
    const stages = names.map((name, at) => buildStage(at === 0 ? routes : [], { name }));
    expect(gatewayWarnings(buildStack({ apis: [buildApi(stages)] }))).to.deep.equal([
      "aws_apigatewayv2_api.chat: has 301 routes; an account of AWS has 300 until it asks for more",
      "aws_apigatewayv2_api.chat: has 11 stages; an account of AWS has 10 until it asks for more",
      'aws_apigatewayv2_api.chat, stage "ping": on AWS this path is kept for health checks: use another name',
      'aws_apigatewayv2_api.chat, stage "$default": is known to give trouble on AWS: use a plain name',
    ]);
  });

  it("warns of throttles of 0 and of a stage without a deployment", () => {
    const blocked = { burst: 0, rate: 0 };
    const stage = buildStage([], { deployed: false, throttle: blocked, routeThrottles: { one: blocked } });
    const warnings = gatewayWarnings(buildStack({ apis: [buildApi([stage])] }));
    expect(warnings).to.have.length(3);
    expect(warnings.join()).to.match(/no deployment.*throttle of 0.*route "one"/);
  });
});
