// Stacks as `readStack` would make them, with what a test does not say filled in.
import type { Integration, LambdaFunction, Role, Route, Stack, Stage, WebSocketApi } from "#local/stack.ts";

export const region = "eu-central-1";
export const accountId = "000000000000";
export const apiId = "abcde12345";
export const executionArn = `arn:aws:execute-api:${region}:${accountId}:${apiId}`;

export function buildFunction(name: string, changes: Partial<LambdaFunction> = {}): LambdaFunction {
  return {
    address: `aws_lambda_function.${name}`,
    name,
    arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    role: undefined,
    code: "/nowhere",
    handler: "index.handler",
    runtime: "nodejs24.x",
    memoryMb: 128,
    timeoutSeconds: 3,
    environment: {},
    logging: { group: `/aws/lambda/${name}`, format: "Text" },
    aliases: [],
    permissions: [{ principal: "apigateway.amazonaws.com", sourceArn: `${executionArn}/*/*` }],
    ...changes,
  };
}

export function buildRole(name: string, statements: Role["policies"][number]["statements"] = []): Role {
  return { arn: `arn:aws:iam::${accountId}:role/${name}`, name, policies: [{ name: "inline", statements }] };
}

export interface RouteChanges extends Omit<Partial<Route>, "integration"> {
  readonly integration?: Partial<Integration>;
}

/** A route to the function of the same name; `$connect` is the function `connect`. */
export function buildRoute(key: string, { integration, ...changes }: RouteChanges = {}): Route {
  const functionName = key.replace("$", "");
  return {
    key,
    integration: {
      address: `aws_apigatewayv2_integration.${functionName}`,
      type: "AWS_PROXY",
      functionName,
      timeoutMs: 29_000,
      ...integration,
    },
    twoWay: false,
    authorizationType: "NONE",
    ...changes,
  };
}

export function buildStage(routes: readonly Route[], changes: Partial<Stage> = {}): Stage {
  return {
    name: "dev",
    variables: {},
    routes,
    deployed: true,
    routeThrottles: {},
    executionLog: { level: "OFF", dataTrace: false },
    routeExecutionLogs: {},
    apiKeys: [],
    ...changes,
  };
}

export function buildApi(stages: readonly Stage[], changes: Partial<WebSocketApi> = {}): WebSocketApi {
  return {
    address: "aws_apigatewayv2_api.chat",
    id: apiId,
    name: "chat",
    routeSelectionExpression: "$request.body.action",
    apiKeySource: "header",
    defaultEndpoint: true,
    stages,
    ...changes,
  };
}

export function buildStack(changes: Partial<Stack> = {}): Stack {
  return {
    file: "/nowhere/cdk.tf.json",
    region,
    accountId,
    apis: [],
    domains: [],
    functions: [],
    roles: [],
    tables: [],
    logGroups: [],
    outputs: {},
    notServed: [],
    ...changes,
  };
}
