import { dirname, join } from "node:path";
import { expect } from "chai";
import type { Route, Stack, Stage } from "#local/stack.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { fixture, set, stackOf, where } from "./edited-fixture.ts";

const stageOf = (stack: Stack): Stage => stack.apis[0]?.stages[0] as Stage;
const routeOf = (stack: Stack, key: string): Route => stageOf(stack).routes.find((route) => route.key === key) as Route;

describe("stack of a synthesized Terraform file", () => {
  let stack: Stack;

  before(async () => {
    stack = await readStack(fixture, where);
  });

  it("has region and account of the provider block", () => {
    expect(stack).to.include({ region: "eu-central-1", accountId: "123456789012", file: fixture });
  });

  it("has the API with its routes", () => {
    const [api] = stack.apis;
    expect(api).to.include({ name: "chat-dev", routeSelectionExpression: "$request.body.action" });
    expect(api?.id).to.match(/^[a-z0-9]{10}$/);
    expect(stageOf(stack).routes.map(({ key }) => key)).to.deep.equal(["$connect", "$default", "ping"]);
  });

  it("is the same at each start", async () => {
    expect(await readStack(fixture, where)).to.deep.equal(stack);
  });

  it("follows an integration to its function and alias", () => {
    expect(routeOf(stack, "$connect").integration).to.deep.equal({
      address: "aws_apigatewayv2_integration.connect",
      type: "AWS_PROXY",
      functionName: "chat-dev-connect",
      timeoutMs: 5000,
    });
    expect(routeOf(stack, "$default").integration).to.include({
      functionName: "chat-dev-message",
      qualifier: "live",
      timeoutMs: 29_000,
    });
    expect(routeOf(stack, "ping").integration).to.include({ type: "MOCK" });
  });

  it("calls a route two-way only with both settings", async () => {
    expect(routeOf(stack, "$default").twoWay).to.equal(true);
    expect(routeOf(stack, "ping").twoWay, "no route response").to.equal(false);
    const other = await stackOf(
      ({ aws_apigatewayv2_route: route }) => delete route?.default?.route_response_selection_expression,
    );
    expect(routeOf(other, "$default").twoWay, "no selection expression").to.equal(false);
  });

  it("has the authorizer of the route", () => {
    expect(routeOf(stack, "$connect")).to.have.property("authorizationType", "CUSTOM");
    expect(routeOf(stack, "$connect").authorizer).to.deep.include({
      functionName: "chat-dev-connect",
      identitySources: ["route.request.querystring.token"],
    });
  });

  it("has the stage's settings", () => {
    expect(stageOf(stack)).to.deep.include({
      name: "dev",
      deployed: true,
      variables: { colour: "blue" },
      throttle: { burst: 500, rate: 1000 },
      routeThrottles: { $connect: { burst: 20, rate: 12.5 } },
      executionLog: { level: "ERROR", dataTrace: true },
      accessLog: {
        group: "/aws/vendedlogs/chat-dev-access",
        format: '{"requestId":"$context.requestId","routeKey":"$context.routeKey"}',
      },
    });
  });

  it("takes throttles that a settings block leaves out for 0, as AWS gets them", async () => {
    const { throttle } = stageOf(
      await stackOf(({ aws_apigatewayv2_stage: stage }) =>
        set(stage?.dev, { default_route_settings: [{ logging_level: "INFO" }] }),
      ),
    );
    expect(throttle).to.deep.equal({ burst: 0, rate: 0 });
    const without = await stackOf(({ aws_apigatewayv2_stage: stage }) => delete stage?.dev?.default_route_settings);
    expect(stageOf(without)).not.to.have.property("throttle");
  });

  it("has a route's own log level and data trace; the level is the stage's where it has none", async () => {
    const limits = { throttling_burst_limit: 1, throttling_rate_limit: 1 };
    const { routeExecutionLogs } = stageOf(
      await stackOf(({ aws_apigatewayv2_stage: stage }) =>
        set(stage?.dev, {
          route_settings: [
            { route_key: "$connect", logging_level: "INFO", data_trace_enabled: true, ...limits },
            { route_key: "$default", ...limits },
          ],
        }),
      ),
    );
    expect(routeExecutionLogs).to.deep.equal({
      $connect: { level: "INFO", dataTrace: true },
      $default: { level: "ERROR", dataTrace: false },
    });
  });

  it("gives a stage without a deployment no routes", async () => {
    const undeployed = await stackOf(({ aws_apigatewayv2_stage: stage }) => delete stage?.dev?.deployment_id);
    expect(stageOf(undeployed)).to.deep.include({ deployed: false, routes: [] });
  });

  it("takes auto_deploy for a deployment", async () => {
    const automatic = await stackOf(({ aws_apigatewayv2_stage: stage }) => {
      delete stage?.dev?.deployment_id;
      set(stage?.dev, { auto_deploy: true });
    });
    expect(stageOf(automatic).deployed).to.equal(true);
    expect(stageOf(automatic).routes).to.have.length(3);
  });

  it("has the functions as Lambda would run them", () => {
    const message = stack.functions.find(({ name }) => name === "chat-dev-message");
    expect(message).to.deep.include({
      address: "aws_lambda_function.message",
      arn: "arn:aws:lambda:eu-central-1:123456789012:function:chat-dev-message",
      code: join(dirname(fixture), "assets", "message", "8A1F", "archive.zip"),
      handler: "index.handler",
      runtime: "nodejs24.x",
      memoryMb: 256,
      timeoutSeconds: 10,
      reservedConcurrency: 50,
      aliases: ["live"],
      environment: {
        CONNECTIONS_TABLE: "chat-dev-connections",
        SHARDS: "4",
        AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: "http://127.0.0.1:3001/dev",
      },
      logging: { group: "/aws/lambda/chat-dev-message", format: "JSON", applicationLevel: "INFO", systemLevel: "WARN" },
    });
    expect(message?.permissions).to.deep.equal([
      {
        principal: "apigateway.amazonaws.com",
        qualifier: "live",
        sourceArn: `arn:aws:execute-api:eu-central-1:123456789012:${stack.apis[0]?.id}/dev/*`,
      },
    ]);
  });

  it("has Lambda's defaults where a function says nothing", async () => {
    const { functions } = await stackOf(({ aws_lambda_function: fn }) => {
      for (const name of ["environment", "logging_config", "memory_size", "timeout"]) delete fn?.connect?.[name];
    });
    expect(functions.find(({ name }) => name === "chat-dev-connect")).to.deep.include({
      environment: {},
      memoryMb: 128,
      timeoutSeconds: 3,
      logging: { group: "/aws/lambda/chat-dev-connect", format: "Text" },
    });
  });

  it("has roles with inline, attached and AWS's own policies", () => {
    const policies = Object.fromEntries(stack.roles.map(({ name, policies }) => [name, policies]));
    const table = "arn:aws:dynamodb:eu-central-1:123456789012:table/chat-dev-connections";
    expect(policies["chat-dev-connect"]?.[0]?.statements[0]).to.deep.equal({
      sid: "Table",
      effect: "Allow",
      actions: ["dynamodb:PutItem"],
      resources: [table],
      conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["c-*"] } },
    });
    expect(policies["chat-dev-message"]?.map(({ name }) => name)).to.deep.equal([
      "access",
      "service-role/AWSLambdaBasicExecutionRole",
      "chat-dev-read",
    ]);
    expect(policies["chat-dev-message"]?.[2]?.statements[0]?.resources).to.deep.equal([`${table}/index/*`]);
    expect(stack.functions[0]?.role).to.equal(stack.roles[0]);
  });

  it("has tables and log groups", () => {
    expect(stack.tables).to.deep.equal([
      {
        address: "aws_dynamodb_table.connections",
        name: "chat-dev-connections",
        arn: "arn:aws:dynamodb:eu-central-1:123456789012:table/chat-dev-connections",
        key: { hash: "connectionId" },
        attributes: { connectionId: "S", userId: "S" },
        globalIndexes: [{ name: "userId-index", key: { hash: "userId" }, projection: "ALL" }],
        billingMode: "PAY_PER_REQUEST",
        ttlAttribute: "ttl",
        pointInTimeRecovery: true,
      },
    ]);
    expect(stack.logGroups[0]).to.deep.equal({
      address: "aws_cloudwatch_log_group.connect_logs",
      name: "/aws/lambda/chat-dev-connect",
      retentionDays: 14,
    });
  });

  it("has the outputs, and names what has no meaning here", () => {
    expect(stack.outputs).to.deep.equal({ url: "ws://127.0.0.1:3001/dev", table: "chat-dev-connections" });
    const insights = "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy";
    expect(stack.notServed).to.deep.equal([
      "aws_cloudfront_distribution.site",
      "aws_sns_topic.alarms",
      "aws_cloudwatch_metric_alarm.errors",
      `aws_iam_role_policy_attachment.insights (the text of ${insights} is not known here: it allows nothing)`,
      "output.site",
    ]);
  });

  it("has a table's local indexes, with its partition key", async () => {
    const { tables } = await stackOf(({ aws_dynamodb_table: table }) =>
      set(table?.connections, {
        range_key: "userId",
        attribute: ["connectionId", "userId", "since"].map((name) => ({ name, type: "S" })),
        local_secondary_index: [
          { name: "by-since", range_key: "since", projection_type: "INCLUDE", non_key_attributes: ["name"] },
        ],
      }),
    );
    expect(tables[0]?.localIndexes).to.deep.equal([
      {
        name: "by-since",
        key: { hash: "connectionId", range: "since" },
        projection: "INCLUDE",
        nonKeyAttributes: ["name"],
      },
    ]);
  });

  it("takes resources written as lists of one", async () => {
    const listed = await stackOf((resource) => {
      for (const named of Object.values(resource)) {
        for (const [name, body] of Object.entries(named)) set(named, { [name]: [body] });
      }
    });
    expect({ ...listed, file: fixture, functions: [] }).to.deep.equal({ ...stack, functions: [] });
  });

  it("has an account of noughts when the provider names none", async () => {
    const anonymous = await stackOf((_, { provider }) => set(provider, { aws: [{ region: "cn-north-1" }] }));
    expect(anonymous.tables[0]?.arn).to.equal("arn:aws-cn:dynamodb:cn-north-1:000000000000:table/chat-dev-connections");
  });

  it("gives functions the addresses of services that are not here", async () => {
    const { functions, notServed } = await stackOf(({ aws_lambda_function: fn }, { resource }) => {
      set(resource, { aws_sqs_queue: { jobs: { name: "jobs" } }, aws_s3_bucket: { files: {} } });
      set(fn?.connect, {
        layers: ["arn:aws:lambda:eu-central-1:123456789012:layer:tools:1"],
        environment: { variables: { QUEUE: "${aws_sqs_queue.jobs.url}", BUCKET: "${aws_s3_bucket.files.arn}" } },
      });
    });
    expect(functions[0]?.environment.QUEUE).to.equal("https://sqs.eu-central-1.amazonaws.com/123456789012/jobs");
    expect(functions[0]?.environment.BUCKET).to.match(/^arn:aws:s3:::terraform-[a-z0-9]{12}$/);
    expect(notServed).to.include.members([
      "aws_sqs_queue.jobs",
      "aws_s3_bucket.files",
      "aws_lambda_function.connect: the layer arn:aws:lambda:eu-central-1:123456789012:layer:tools:1",
    ]);
  });

  it("resolves a role given by the id of another resource, and data sources", async () => {
    const { functions } = await stackOf(({ aws_lambda_function: fn }) =>
      set(fn?.connect, {
        environment: {
          variables: {
            WHO: "${data.aws_caller_identity.current.account_id}/${data.aws_region.current.name}/${data.aws_partition.current.dns_suffix}",
            TOPIC: "${aws_sns_topic.alarms.arn}",
            DIRECTORY: "${path.module}",
          },
        },
      }),
    );
    expect(functions[0]?.environment).to.deep.equal({
      WHO: "123456789012/eu-central-1/amazonaws.com",
      TOPIC: "arn:aws:sns:eu-central-1:123456789012:chat-dev-alarms",
      DIRECTORY: ".",
    });
  });
});
