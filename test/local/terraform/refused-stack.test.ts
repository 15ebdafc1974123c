import { expect } from "chai";
import { StackError } from "#local/terraform/stack-error.ts";
import { type Edit, set, stackOf } from "./edited-fixture.ts";

/** All problems of the fixture after the edit. */
async function problemsAfter(edit: Edit): Promise<readonly string[]> {
  try {
    await stackOf(edit);
  } catch (error) {
    if (error instanceof StackError) return error.problems;
    throw error;
  }
  throw new Error("The stack was served.");
}

describe("a stack that cannot be served", () => {
  it("names every problem at once, each with its address", async () => {
    const problems = await problemsAfter((resource) => {
      set(resource.aws_apigatewayv2_route?.ping, { target: "integrations/gone" });
      set(resource.aws_lambda_function?.message, { filename: "assets/gone.zip" });
      set(resource.aws_lambda_function?.connect, {
        environment: { variables: { A: "${nope(1)}", B: "${local.gone}" } },
      });
    });
    expect(problems.map((problem) => problem.split(":")[0])).to.have.members([
      "aws_apigatewayv2_route.ping",
      "aws_lambda_function.message",
      "aws_lambda_function.connect",
      "aws_lambda_function.connect",
    ]);
    expect(problems).to.include(
      'aws_lambda_function.connect: environment.variables.A: the function nope() is not supported here; did you mean one()? (in "${nope(1)}")',
    );
    expect(problems).to.include(
      'aws_lambda_function.connect: environment.variables.B: there is no local.gone (in "${local.gone}")',
    );
  });

  const mistakes: readonly (readonly [string, Edit, readonly string[]])[] = [
    [
      "no WebSocket API",
      ({ aws_apigatewayv2_api: api }) => set(api?.api, { protocol_type: "HTTP" }),
      [
        'there is no WebSocket API: expected is an aws_apigatewayv2_api with protocol_type "WEBSOCKET"; aws_apigatewayv2_api.api has protocol_type "HTTP"',
      ],
    ],
    [
      "an integration type that is not emulated",
      ({ aws_apigatewayv2_integration: one }) => set(one?.ping, { integration_type: "HTTP_PROXY" }),
      ['aws_apigatewayv2_integration.ping: integration_type "HTTP_PROXY" is not served; AWS_PROXY and MOCK are'],
    ],
    [
      "a local index of an attribute that is not declared",
      ({ aws_dynamodb_table: table }) =>
        set(table?.connections, {
          local_secondary_index: [{ name: "by-since", range_key: "since", projection_type: "ALL" }],
        }),
      [
        "aws_dynamodb_table.connections: local_secondary_index: the key attribute since has no attribute block; declared are connectionId, userId",
      ],
    ],
    [
      "a function's ARN instead of its invoke ARN",
      ({ aws_apigatewayv2_integration: one }) =>
        set(one?.connect, { integration_uri: "${aws_lambda_function.connect.arn}" }),
      [
        'aws_apigatewayv2_integration.connect: integration_uri "arn:aws:lambda:eu-central-1:123456789012:function:chat-dev-connect" is a function\'s arn; its invoke_arn is needed',
      ],
    ],
    [
      "an integration time AWS does not allow",
      ({ aws_apigatewayv2_integration: one }) => set(one?.connect, { timeout_milliseconds: 30_000 }),
      ["aws_apigatewayv2_integration.connect: timeout_milliseconds is 30000; it is 50 to 29000"],
    ],
    [
      "two routes with one key",
      ({ aws_apigatewayv2_route: one }) => set(one?.ping, { route_key: "$default" }),
      [
        "aws_apigatewayv2_route.ping: the route $default is already aws_apigatewayv2_route.default; a route key is unique in its API",
      ],
    ],
    [
      "authorization on a route other than $connect",
      ({ aws_apigatewayv2_route: one }) => set(one?.ping, { authorization_type: "AWS_IAM" }),
      [
        "aws_apigatewayv2_route.ping: authorization_type is AWS_IAM, which only the route $connect can have; it protects the whole API",
      ],
    ],
    [
      "a JWT authorizer",
      ({ aws_apigatewayv2_authorizer: one }) => set(one?.token, { authorizer_type: "JWT" }),
      ['aws_apigatewayv2_authorizer.token: authorizer_type is "JWT"; a WebSocket API has only REQUEST'],
    ],
    [
      "a log level of another API",
      ({ aws_apigatewayv2_stage: one }) => set(one?.dev?.default_route_settings, { logging_level: "WARN" }),
      ['aws_apigatewayv2_stage.dev: default_route_settings: logging_level is "WARN"; it is OFF, ERROR or INFO'],
    ],
    [
      "a number that is none",
      ({ aws_apigatewayv2_stage: one }) => set(one?.dev?.default_route_settings, { throttling_burst_limit: "many" }),
      ['aws_apigatewayv2_stage.dev: default_route_settings: throttling_burst_limit is "many"; expected is a number'],
    ],
    [
      "a deployment of nothing",
      ({ aws_apigatewayv2_stage: one }) => set(one?.dev, { deployment_id: "abc" }),
      ['aws_apigatewayv2_stage.dev: deployment_id "abc" is no deployment of the stage\'s API'],
    ],
    [
      "a key without its attribute",
      ({ aws_dynamodb_table: one }) => set(one?.connections, { range_key: "at" }),
      [
        "aws_dynamodb_table.connections: the key attribute at has no attribute block; declared are connectionId, userId",
      ],
    ],
    [
      "code from elsewhere",
      ({ aws_lambda_function: one }) => set(one?.connect, { filename: null, s3_bucket: "code", s3_key: "connect.zip" }),
      [
        'aws_lambda_function.connect: the code comes from s3_key "connect.zip", and no aws_s3_object with this key and a source is here; expected is filename, a zip or directory',
      ],
    ],
    [
      "a condition that cannot be evaluated",
      (_, { data }) =>
        set(data?.aws_iam_policy_document?.connect, {
          statement: [
            {
              actions: ["a:b"],
              resources: ["*"],
              condition: [{ test: "BinaryEquals", variable: "key", values: ["YQ=="] }],
            },
          ],
        }),
      [
        "aws_iam_role_policy.connect: policy: Statement[0].Condition: the operator BinaryEquals cannot be evaluated here",
      ],
    ],
    [
      "a circle of references",
      (_, { locals }) => set(locals, { prefix: "${local.tags.app}", tags: { app: "${local.prefix}" } }),
      ["local.prefix: refers to itself: local.prefix → local.tags → local.prefix"],
    ],
    [
      "a region that is not known",
      (_, { provider }) => set(provider, { aws: [{ region: "${var.region}" }] }),
      ['provider.aws: region: there is no variable region (in "${var.region}")'],
    ],
    [
      "a variable without a value",
      (_, { variable }) => set(variable, { shards: {} }),
      [
        'aws_lambda_function.message: environment.variables.SHARDS: var.shards has no default, and nothing else gives it a value here (in "${var.shards}")',
      ],
    ],
    [
      "a reference to a resource that is not there",
      ({ aws_apigatewayv2_route: one }) =>
        set(one?.ping, { target: "integrations/${aws_apigatewayv2_integration.pong.id}" }),
      [
        "aws_apigatewayv2_route.ping: target: there is no aws_apigatewayv2_integration.pong; there is aws_apigatewayv2_integration.connect, ",
      ],
    ],
    [
      "a repeated resource",
      ({ aws_cloudwatch_log_group: one }) => set(one?.access_logs, { count: 2 }),
      [
        "aws_cloudwatch_log_group.access_logs: count is not resolved here; write one resource for each, or let Terraform do it, and give its plan",
      ],
    ],
    [
      "a route of another API",
      ({ aws_apigatewayv2_route: one }) => set(one?.ping, { api_id: "abc" }),
      ['aws_apigatewayv2_route.ping: api_id "abc" is no aws_apigatewayv2_api of the file'],
    ],
    [
      "an attribute nobody knows",
      ({ aws_apigatewayv2_stage: one }) => set(one?.dev, { name: "${aws_dynamodb_table.connections.colour}" }),
      ["aws_apigatewayv2_stage.dev: name: aws_dynamodb_table.connections has no attribute colour that is known here"],
    ],
  ];
  for (const [name, edit, expected] of mistakes) {
    it(`refuses ${name}`, async () => {
      const problems = await problemsAfter(edit);
      for (const text of expected)
        expect(
          problems.some((problem) => problem.startsWith(text)),
          problems.join("\n"),
        ).to.equal(true);
      expect(problems, problems.join("\n")).to.have.length(expected.length);
    });
  }
});
