// What a stack asks of API Gateway that is not served here: refused at start, never ignored.
import type { Route, Stack, Stage, WebSocketApi } from "#local/stack.ts";
import { compileSelectionExpression } from "./selection-expression.ts";
import { blocksEverything } from "./throttle.ts";

export function gatewayProblems(stack: Stack): string[] {
  const problems = stack.apis.flatMap((api) => [
    ...expressionProblems(api),
    ...api.stages.flatMap((stage) => stage.routes.flatMap((route) => routeProblems(stack, api, stage, route))),
  ]);
  return [...new Set(problems)];
}

/** What AWS accepts as well, and hardly anybody means. */
export function gatewayWarnings(stack: Stack): string[] {
  return stack.apis.flatMap((api) =>
    api.stages.flatMap((stage) => {
      const place = `${api.address}, stage "${stage.name}"`;
      const warnings: string[] = [];
      if (!stage.deployed) warnings.push(`${place}: has no deployment, so every handshake is answered with 403`);
      if (blocksEverything(stage.throttle)) {
        warnings.push(`${place}: default_route_settings has a throttle of 0, which allows nothing: set both limits`);
      }
      for (const [key, throttle] of Object.entries(stage.routeThrottles)) {
        if (blocksEverything(throttle))
          warnings.push(`${place}, route "${key}": a throttle of 0 allows nothing: set both limits`);
      }
      return warnings;
    }),
  );
}

function expressionProblems({ address, routeSelectionExpression }: WebSocketApi): string[] {
  try {
    compileSelectionExpression(routeSelectionExpression);
    return [];
  } catch (error) {
    return [`${address}: route_selection_expression: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function routeProblems(stack: Stack, api: WebSocketApi, stage: Stage, route: Route): string[] {
  const place = `${api.address}, stage "${stage.name}", route "${route.key}"`;
  const { integration, authorizationType, twoWay } = route;
  const problems: string[] = [];
  if (authorizationType !== "NONE") {
    problems.push(
      `${place}: not served yet: authorization_type "${authorizationType}" (only "NONE" is, and the route must not be open by accident)`,
    );
  }
  if (!integration) problems.push(`${place}: has no integration: its target should be "integrations/<id>"`);
  if (integration?.type === "MOCK" && twoWay) {
    problems.push(
      `${place}: not served yet: a two-way route with a MOCK integration, whose answer is a response template`,
    );
  }
  if (integration?.type === "AWS_PROXY" && !stack.functions.some(({ name }) => name === integration.functionName)) {
    problems.push(
      `${place}: ${integration.address} invokes the function "${integration.functionName}", which the file does not define`,
    );
  }
  return problems;
}
