import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { buildFunctions } from "#scripts/build-functions.ts";
import { root } from "#scripts/root.ts";
import { Bundles, resource, synthesized } from "./synthesized.ts";

const JWT = { mode: "jwt", issuer: "https://login.chat.test", audience: "chat", roomsClaim: "rooms" };
const bundles = () => new Bundles(["authorize", "connect", "disconnect", "message"]);
const withAuth = (auth: object = {}, change: object = {}) =>
  synthesized({ auth: { ...JWT, ...auth }, functions: { authorize: {} }, ...change }, bundles());

describe("the stack of a stage with tokens", () => {
  const stack = withAuth();

  it("asks a function at $connect, by its alias, and on no other route", () => {
    expect(resource(stack, "aws_apigatewayv2_authorizer.authorizer")).to.deep.equal({
      api_id: "${aws_apigatewayv2_api.api.id}",
      name: "dev",
      authorizer_type: "REQUEST",
      authorizer_uri: "${aws_lambda_alias.authorize_live.invoke_arn}",
    });
    expect(resource(stack, "aws_apigatewayv2_route.connect")).to.include({
      authorization_type: "CUSTOM",
      authorizer_id: "${aws_apigatewayv2_authorizer.authorizer.id}",
    });
    for (const key of ["disconnect", "default", "sendMessage"])
      expect(resource(stack, `aws_apigatewayv2_route.${key}`)).to.include({ authorization_type: "NONE" });
  });

  it("lets it do no more than any function must: log, trace, and decrypt its variables", () => {
    const permissionsFile = path.join(root, "functions", "authorize", "permissions.json");
    expect(JSON.parse(readFileSync(permissionsFile, "utf8"))).to.deep.equal({});
    const actions = (change: object) => {
      const { policy } = resource(withAuth({}, change), "aws_iam_role_policy.authorize_policy");
      return JSON.parse(String(policy)).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    };
    const ofAny = ["logs:CreateLogStream", "logs:PutLogEvents"];
    const traces = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
    expect(actions({ customerKey: { deletionDays: 7 } })).to.deep.equal([...ofAny, ...traces, "kms:Decrypt"]);
    expect(actions({ functions: { authorize: { tracing: false } } })).to.deep.equal(ofAny);
  });

  it("lets this authorizer call it, and nothing else", () => {
    const ofAuthorize = Object.entries(stack.resource.aws_lambda_permission ?? {}).filter(
      ([, { function_name }]) => function_name === "${aws_lambda_function.authorize.function_name}",
    );
    expect(ofAuthorize.map(([id]) => id)).to.deep.equal(["authorizer_invoke"]);
    expect(resource(stack, "aws_lambda_permission.authorizer_invoke")).to.deep.equal({
      statement_id: "Authorizer",
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      function_name: "${aws_lambda_function.authorize.function_name}",
      qualifier: "${aws_lambda_alias.authorize_live.name}",
      source_arn: "${aws_apigatewayv2_api.api.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.authorizer.id}",
    });
  });

  it("gives the function a log and a role of its own, which may write that log and nothing more", () => {
    expect(resource(stack, "aws_cloudwatch_log_group.authorize_logs")).to.include({
      name: "/aws/lambda/websocket-api-dev-authorize",
    });
    const { policy } = resource(stack, "aws_iam_role_policy.authorize_policy") as { policy: string };
    const actions = JSON.parse(policy).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    expect(actions.filter((action: string) => !/^(logs|xray):/.test(action))).to.deep.equal([]);
  });

  it("tells every function that tokens are asked for, and whose", () => {
    for (const name of ["authorize", "connect", "message"]) {
      const { variables } = resource(stack, `aws_lambda_function.${name}`).environment as { variables: object };
      expect(variables, name).to.include({
        AUTH_MODE: "jwt",
        AUTH_ISSUER: "https://login.chat.test",
        AUTH_AUDIENCE: "chat",
        AUTH_USE: "id",
        AUTH_CLOCK_SKEW_SECONDS: "30",
        AUTH_USER_ID_CLAIM: "sub",
        AUTH_ROOMS_CLAIM: "rooms",
      });
      expect(variables).not.to.have.any.keys("AUTH_NAME_CLAIM", "AUTH_JWKS_URI", "AUTH_ORIGINS", "ROOM_RULES");
    }
  });

  it("writes room rules and origins as the functions read them", () => {
    const rooms = { "team-*": "members", "${x}": "public" };
    const { variables } = resource(
      withAuth({ origins: ["https://a.test", "https://b.test"] }, { rooms }),
      "aws_lambda_function.message",
    ).environment as { variables: Record<string, string> };
    expect(variables.AUTH_ORIGINS).to.equal("https://a.test https://b.test");
    expect(variables.ROOM_RULES).to.equal('{"team-*":"members","$${x}":"public"}');
  });

  it("is deployed anew when tokens come, go, or are checked by another function", () => {
    const trigger = (file: ReturnType<typeof synthesized>) =>
      (resource(file, "aws_apigatewayv2_deployment.deployment").triggers as { snapshot: string }).snapshot;
    const none = trigger(synthesized({}, bundles()));
    const other = withAuth({ function: "door" }, { functions: { door: { bundle: "authorize" } } });
    expect(new Set([none, trigger(stack), trigger(other)]).size).to.equal(3);
    expect(trigger(withAuth({ audience: "other" }))).to.equal(trigger(stack));
  });

  it("opens its stage only when the authorizer may be called", () => {
    expect(resource(stack, "aws_apigatewayv2_stage.stage").depends_on).to.include(
      "aws_lambda_permission.authorizer_invoke",
    );
  });

  it("makes a user pool where it is asked to: that decides issuer and audience", () => {
    const auth = { issuer: undefined, audience: undefined, create: "cognito" };
    const file = withAuth(auth, { tables: { pointInTimeRecovery: false, deletionProtection: true } });
    expect(resource(file, "aws_cognito_user_pool.users")).to.include({
      name: "websocket-api-dev",
      deletion_protection: "ACTIVE",
    });
    expect(resource(file, "aws_cognito_user_pool_client.users_client")).to.deep.include({
      generate_secret: false,
      explicit_auth_flows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    });
    const { variables } = resource(file, "aws_lambda_function.authorize").environment as { variables: object };
    expect(variables).to.include({
      AUTH_ISSUER: "https://${aws_cognito_user_pool.users.endpoint}",
      AUTH_AUDIENCE: "${aws_cognito_user_pool_client.users_client.id}",
    });
    expect(file.output.userPoolId?.value).to.equal("${aws_cognito_user_pool.users.id}");
    expect(resource(withAuth(), "aws_cognito_user_pool.users")).to.deep.equal({});
  });
});

describe("the authorizer's bundle", () => {
  it("is small: every handshake waits for it, also the first one", async function () {
    this.timeout(30_000);
    const bundles = await buildFunctions(root);
    const file = bundles.find(({ name }) => name === "authorize")?.file ?? "";
    expect(statSync(file).size).to.be.below(64 * 1024);
    expect(readFileSync(file, "utf8")).not.to.match(/dynamodb/i);
    expect(readFileSync(path.join(root, "functions", "authorize", "permissions.json"), "utf8").trim()).to.equal("{}");
  });
});
