// What a stack asks of API Gateway that is not served here: refused at start, never ignored.

import type { Route, Stack, Stage, WebSocketApi } from "#local/stack.ts";
import { accessLogProblems, unknownVariables } from "./access-log.ts";
import { domainWarnings } from "./domain-warnings.ts";
import { compileIdentitySource } from "./identity-source.ts";
import { type FunctionTarget, findFunction } from "./may-call.ts";
import { mockIntegration } from "./mock-integration.ts";
import { compileModels } from "./model-validation.ts";
import { compileSelectionExpression } from "./selection-expression.ts";
import { blocksEverything } from "./throttle.ts";

export function gatewayProblems(stack: Stack): string[] {
  const problems = stack.apis.flatMap((api) => [
    ...expressionProblems(api),
    ...api.stages.flatMap((stage) => [
      ...(stage.accessLog ? accessLogProblems(stage.accessLog.format) : []).map(
        (problem) => `${api.address}, stage "${stage.name}": access_log_settings: ${problem}`,
      ),
      ...stage.routes.flatMap((route) => routeProblems(stack, api, stage, route)),
    ]),
  ]);
  return [...new Set(problems)];
}

/** What AWS accepts as well, and hardly anybody means. */
export function gatewayWarnings(stack: Stack): string[] {
  const ofApis = stack.apis.flatMap((api) => [
    ...quotaWarnings(api),
    ...api.stages.flatMap((stage) => {
      const place = `${api.address}, stage "${stage.name}"`;
      const warnings: string[] = [];
      if (stage.name === "$default") warnings.push(`${place}: is known to give trouble on AWS: use a plain name`);
      if (["ping", "sping"].includes(stage.name))
        warnings.push(`${place}: on AWS this path is kept for health checks: use another name`);
      if (!stage.deployed) warnings.push(`${place}: has no deployment, so every handshake is answered with 403`);
      const { unawaitedRoutes = [], neverRedeployed } = stage;
      if (unawaitedRoutes.length > 0)
        warnings.push(
          `${place}: its deployment does not wait for ${some(unawaitedRoutes)}: on AWS it may be made without, and a message for it is Forbidden; name what is deployed in depends_on or triggers`,
        );
      else if (neverRedeployed)
        warnings.push(`${place}: its deployment has no triggers, so on AWS a changed route does not go live`);
      if (blocksEverything(stage.throttle)) {
        warnings.push(`${place}: default_route_settings has a throttle of 0, which allows nothing: set both limits`);
      }
      for (const [key, throttle] of Object.entries(stage.routeThrottles)) {
        if (blocksEverything(throttle))
          warnings.push(`${place}, route "${key}": a throttle of 0 allows nothing: set both limits`);
      }
      for (const name of unknownVariables(stage.accessLog?.format ?? ""))
        warnings.push(
          `${place}: access_log_settings: $context.${name} is no variable of a WebSocket API: it is logged as -`,
        );
      for (const warning of apiKeyWarnings(api, stage)) warnings.push(`${place}, ${warning}`);
      return warnings;
    }),
  ]);
  return [...ofApis, ...domainWarnings(stack)];
}

/** What an account has by default (aws facts §5.1). */
function quotaWarnings({ address, stages }: WebSocketApi): string[] {
  const routes = Math.max(0, ...stages.map((stage) => stage.routes.length));
  const above = (count: number, quota: number, what: string): string[] =>
    count > quota ? [`${address}: has ${count} ${what}; an account of AWS has ${quota} until it asks for more`] : [];
  return [...above(routes, 300, "routes"), ...above(stages.length, 10, "stages")];
}

/** Two by name, the others by their number. */
function some(addresses: readonly string[]): string {
  const more = addresses.length > 3 ? ` and ${addresses.length - 2} more` : "";
  return addresses.slice(0, more === "" ? 3 : 2).join(", ") + more;
}

function apiKeyWarnings({ apiKeySource }: WebSocketApi, { routes, apiKeys }: Stage): string[] {
  const route = routes.find(({ apiKeyRequired }) => apiKeyRequired);
  if (!route) return [];
  const place = `route "${route.key}": requires an API key, so every handshake is answered with 403:`;
  if (apiKeys.length === 0) return [`${place} no usage plan gives one to this stage`];
  if (apiKeySource === "authorizer" && route.authorizationType !== "CUSTOM")
    return [`${place} it is looked for in what the authorizer says, and there is no authorizer`];
  return [];
}

function expressionProblems({ address, routeSelectionExpression }: WebSocketApi): string[] {
  return problemOf(() => compileSelectionExpression(routeSelectionExpression)).map(
    (problem) => `${address}: route_selection_expression: ${problem}`,
  );
}

function routeProblems(stack: Stack, api: WebSocketApi, stage: Stage, route: Route): string[] {
  const place = `${api.address}, stage "${stage.name}", route "${route.key}"`;
  const { integration, twoWay, models } = route;
  const problems = authorizerProblems(stack, route).map((problem) => `${place}: ${problem}`);
  if (!integration) problems.push(`${place}: has no integration: its target should be "integrations/<id>"`);
  if (integration) {
    problems.push(...roleProblems(stack, integration).map((problem) => `${place}: ${integration.address} ${problem}`));
  }
  const { mock } = integration ?? {};
  if (mock) {
    problems.push(...problemOf(() => mockIntegration(mock)).map((problem) => `${integration?.address}: ${problem}`));
    if (twoWay && mock.responses.length === 0) {
      problems.push(
        `${place}: is two-way, and ${integration?.address} has no integration response: nothing would come back`,
      );
    }
  }
  if (models) problems.push(...problemOf(() => compileModels(models)).map((problem) => `${place}: ${problem}`));
  if (integration?.type === "AWS_PROXY" && !stack.functions.some(({ name }) => name === integration.functionName)) {
    problems.push(
      `${place}: ${integration.address} invokes the function "${integration.functionName}", which the file does not define`,
    );
  }
  return problems;
}

function authorizerProblems(stack: Stack, { authorizer, authorizationType }: Route): string[] {
  if (authorizationType !== "CUSTOM") return [];
  if (!authorizer) return ["authorization_type is CUSTOM, and there is no authorizer"];
  const problems = authorizer.identitySources.flatMap((source) => problemOf(() => compileIdentitySource(source)));
  problems.push(...roleProblems(stack, authorizer));
  if (!findFunction(stack, authorizer))
    problems.push(`invokes the function "${authorizer.functionName}", which the file does not define`);
  return problems.map((problem) => `${authorizer.address}: ${problem}`);
}

/** The role API Gateway is to invoke a function with. */
function roleProblems({ roles }: Stack, { credentialsArn }: FunctionTarget): string[] {
  if (credentialsArn === undefined || roles.some(({ arn }) => arn === credentialsArn)) return [];
  return [`is invoked with the role ${credentialsArn}, which the file does not define`];
}

function problemOf(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
