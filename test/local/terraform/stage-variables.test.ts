// One API, and a Lambda of its own for each stage.
import { join } from "node:path";
import { expect } from "chai";
import type { Stack } from "#local/stack.ts";
import { type LocalStack, startLocal } from "#local/start-local.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { TestDirectory } from "../support/running-lambda.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";

const api = "${aws_apigatewayv2_api.chat.id}";
const lambda = "arn:aws:lambda:eu-central-1:000000000000:function";
const uri = (target: string) =>
  `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${lambda}:${target}/invocations`;
const handler = `export const handler = async (event) =>
  event.type === "REQUEST"
    ? { principalId: "anna", policyDocument: { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } }
    : { statusCode: 200, body: process.env.AWS_LAMBDA_FUNCTION_NAME };`;

interface Given {
  readonly integration?: object;
  readonly authorizer?: object;
  readonly stages: Readonly<Record<string, object>>;
  /** Source of the permission of svc-prod, behind the API's execution ARN. */
  readonly source?: string;
}

function terraformOf({ integration = {}, authorizer, stages, source = "*" }: Given): object {
  const functions = ["svc-dev", "svc-prod"];
  const each = (of: (name: string) => object) => Object.fromEntries(functions.map((name) => [name, of(name)]));
  const route = { api_id: api, target: "integrations/${aws_apigatewayv2_integration.svc.id}" };
  const byAuthorizer = { authorization_type: "CUSTOM", authorizer_id: "${aws_apigatewayv2_authorizer.svc.id}" };
  return {
    provider: { aws: [{ region: "eu-central-1" }] },
    resource: {
      aws_iam_role: { svc: { name: "svc", assume_role_policy: "{}" } },
      aws_lambda_function: each((function_name) => ({
        ...{ function_name, role: "${aws_iam_role.svc.arn}", filename: "code" },
        ...{ handler: "index.handler", runtime: "nodejs24.x" },
      })),
      aws_lambda_alias: { live: { name: "live", function_name: "svc-dev", function_version: "1" } },
      aws_lambda_permission: each((function_name) => ({
        ...{ action: "lambda:InvokeFunction", principal: "apigateway.amazonaws.com", function_name },
        source_arn: `\${aws_apigatewayv2_api.chat.execution_arn}/${function_name === "svc-prod" ? source : "*"}`,
      })),
      aws_apigatewayv2_api: {
        chat: { name: "chat", protocol_type: "WEBSOCKET", route_selection_expression: "$request.body.action" },
      },
      ...(authorizer && {
        aws_apigatewayv2_authorizer: {
          svc: { api_id: api, name: "svc", authorizer_type: "REQUEST", ...authorizer },
        },
      }),
      aws_apigatewayv2_integration: {
        svc: {
          ...{ api_id: api, integration_type: "AWS_PROXY" },
          integration_uri: uri("$${stageVariables.fn}"),
          ...integration,
        },
      },
      aws_apigatewayv2_route: {
        connect: { ...route, route_key: "$connect", ...(authorizer ? byAuthorizer : {}) },
        who: { ...route, route_key: "who", route_response_selection_expression: "$default" },
      },
      aws_apigatewayv2_route_response: {
        who: { api_id: api, route_id: "${aws_apigatewayv2_route.who.id}", route_response_key: "$default" },
      },
      aws_apigatewayv2_stage: Object.fromEntries(
        Object.entries(stages).map(([name, more]) => [name, { api_id: api, name, auto_deploy: true, ...more }]),
      ),
    },
  };
}

const variables = (stage_variables: object): object => ({ stage_variables });

describe("stage variables in an integration's or authorizer's URI", () => {
  const directory = new TestDirectory();
  let files = 0;
  let local: LocalStack | undefined;
  const write = (given: Given): string => {
    const name = `file ${files++}`;
    const file = join(directory.write(name, { "cdk.tf.json": JSON.stringify(terraformOf(given)) }), "cdk.tf.json");
    directory.write(`${name}/code`, { "index.mjs": handler });
    return file;
  };
  const read = (given: Given): Promise<Stack> => readStack(write(given), { apiEndpoint: "ws://127.0.0.1:3001" });
  const problems = (given: Given): Promise<readonly string[]> =>
    read(given).then(
      () => expect.fail("it should have been refused"),
      (error: { problems: readonly string[] }) => error.problems,
    );
  const serve = async (given: Given): Promise<(stage: string) => string> => {
    local = await startLocal({ terraform: write(given), port: 0 });
    const { urls } = local;
    return (stage) => urls.find((url) => url.endsWith(`/${stage}`)) ?? "";
  };
  const dev = variables({ fn: "svc-dev" });
  const prod = variables({ fn: "svc-prod" });

  afterEach(async () => {
    await local?.close();
    local = undefined;
  });
  after(() => directory.remove());

  it("are those of the stage that is called", async () => {
    const urlOf = await serve({ stages: { dev, prod } });
    for (const stage of ["dev", "prod"]) {
      const client = await connectClient(urlOf(stage));
      client.send({ action: "who" });
      expect(await client.next()).to.equal(`svc-${stage}`);
    }
  });

  it("lead to a function that has to permit it for this stage", async () => {
    const urlOf = await serve({ stages: { prod, other: prod }, source: "prod/*" });
    await connectClient(urlOf("prod"));
    expect((await refusedHandshake(urlOf("other"))).status).to.equal(500);
  });

  it("choose the authorizer too, as long as it permits that", async () => {
    const authorizer = { authorizer_uri: uri("$${stageVariables.fn}") };
    const urlOf = await serve({ stages: { dev, prod }, authorizer, source: "*/$connect" });
    await connectClient(urlOf("dev"));
    expect((await refusedHandshake(urlOf("prod"))).status).to.equal(500);
  });

  it("can be a part of a name, an alias and a role's name", async () => {
    const integration = {
      integration_uri: uri("svc-$${stageVariables.name}:$${stageVariables.alias}"),
      credentials_arn: "arn:aws:iam::000000000000:role/$${stageVariables.role}",
    };
    const stages = { dev: variables({ name: "dev", alias: "live", role: "svc" }) };
    const { apis } = await read({ integration, stages });
    expect(apis[0]?.stages[0]?.routes[0]?.integration).to.include({
      functionName: "svc-dev",
      qualifier: "live",
      credentialsArn: "arn:aws:iam::000000000000:role/svc",
    });
  });

  it("are missing by their stage and name", async () => {
    const integration = { integration_uri: uri("$${stageVariables.fn}:$${stageVariables.alias}") };
    expect(await problems({ integration, stages: { dev, bare: {} } })).to.deep.equal([
      `aws_apigatewayv2_integration.svc: integration_uri "${uri("${stageVariables.fn}:${stageVariables.alias}")}" needs the stage variable alias, which aws_apigatewayv2_stage.dev lacks; its stage_variables: fn`,
      `aws_apigatewayv2_integration.svc: integration_uri "${uri("${stageVariables.fn}:${stageVariables.alias}")}" needs the stage variable fn, alias, which aws_apigatewayv2_stage.bare lacks; its stage_variables: none`,
    ]);
  });

  it("may lead nowhere, which is said with the stage", async () => {
    const stages = { dev, test: variables({ fn: "svc-test" }) };
    expect(await problems({ stages })).to.deep.equal([
      "aws_apigatewayv2_integration.svc: integration_uri, for aws_apigatewayv2_stage.test, invokes the function svc-test, which is not in the file; its functions: svc-dev, svc-prod",
    ]);
  });

  it("are not asked of a stage without a deployment", async () => {
    const authorizer = { authorizer_uri: uri("$${stageVariables.fn}") };
    const { apis } = await read({ authorizer, stages: { dev, idle: { auto_deploy: false } } });
    expect(apis[0]?.stages.map(({ name, routes }) => `${name} ${routes.length}`)).to.deep.equal(["dev 2", "idle 0"]);
  });
});
