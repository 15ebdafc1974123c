import type { LambdaFunction, Route, WebSocketApi } from "#local/stack.ts";
import { readAuthorizers } from "./authorizers.ts";
import type { Fields } from "./fields.ts";
import { readIntegrations } from "./integrations.ts";
import type { Reading } from "./reading.ts";
import { readRoutes } from "./routes.ts";
import type { VariablesOfStage } from "./stage-variables.ts";
import { readStages } from "./stages.ts";

const parts = ["integration", "route", "route_response", "authorizer", "deployment", "stage"] as const;

/** Every WebSocket API; a file without one is refused. */
export function readApis(reading: Reading, functions: readonly LambdaFunction[]): WebSocketApi[] {
  const all = reading
    .resources("aws_apigatewayv2_api")
    .map((fields) => ({ fields, protocol: fields.required("protocol_type") }));
  checkOwners(
    reading,
    all.map(({ fields }) => fields.required("id")),
  );
  const webSockets = all.filter(({ protocol }) => protocol === "WEBSOCKET");
  for (const { fields, protocol } of all)
    if (protocol !== "WEBSOCKET") reading.withoutEffect.push(`${fields.place} (${protocol}, with all that is in it)`);
  if (webSockets.length === 0) {
    const found = all
      .map(({ fields, protocol }) => `${fields.place} has protocol_type ${JSON.stringify(protocol)}`)
      .join(", ");
    reading.problems.add(
      `there is no WebSocket API: expected is an aws_apigatewayv2_api with protocol_type "WEBSOCKET"${found && `; ${found}`}`,
    );
  }
  return webSockets.map(({ fields }) => {
    const id = fields.required("id");
    const routesOf = (stage?: VariablesOfStage): Route[] => {
      const integrations = readIntegrations(reading, id, functions, stage);
      const authorizers = readAuthorizers(reading, id, functions, stage);
      return readRoutes(reading, id, { integrations, authorizers });
    };
    const stages = readStages(reading, id, routesOf);
    if (stages.length === 0) {
      fields.problem("the API has no aws_apigatewayv2_stage, so nobody can connect to it");
      routesOf();
    }
    return {
      address: fields.place,
      id,
      name: fields.required("name"),
      routeSelectionExpression: fields.required("route_selection_expression"),
      apiKeySource: readApiKeySource(fields),
      defaultEndpoint: !fields.flag("disable_execute_api_endpoint"),
      stages,
    };
  });
}

function readApiKeySource(fields: Fields): WebSocketApi["apiKeySource"] {
  const expression = fields.text("api_key_selection_expression") ?? "$request.header.x-api-key";
  if (expression === "$context.authorizer.usageIdentifierKey") return "authorizer";
  if (expression !== "$request.header.x-api-key")
    fields.problem(
      `api_key_selection_expression is ${JSON.stringify(expression)}; it is $request.header.x-api-key or $context.authorizer.usageIdentifierKey`,
    );
  return "header";
}

function checkOwners(reading: Reading, apiIds: readonly string[]): void {
  for (const part of parts) {
    for (const fields of reading.resources(`aws_apigatewayv2_${part}`)) {
      const apiId = fields.required("api_id");
      if (apiId !== "" && !apiIds.includes(apiId))
        fields.problem(`api_id ${JSON.stringify(apiId)} is no aws_apigatewayv2_api of the file`);
    }
  }
}
