import type { Authorizer, Integration, Route } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";
import { readModels } from "./request-models.ts";

export interface RouteTargets {
  readonly integrations: ReadonlyMap<string, Integration>;
  readonly authorizers: ReadonlyMap<string, Authorizer>;
}

const predefined = ["$connect", "$disconnect", "$default"];

/** Of one API. */
export function readRoutes(reading: Reading, apiId: string, targets: RouteTargets): Route[] {
  const ofApi = reading.resources("aws_apigatewayv2_route").filter((fields) => fields.required("api_id") === apiId);
  const responses = reading
    .resources("aws_apigatewayv2_route_response")
    .filter((response) => response.required("route_response_key") === "$default")
    .map((response) => response.required("route_id"));
  const placeOf = new Map<string, string>();
  return ofApi.map((fields) => {
    const key = fields.required("route_key");
    const twin = placeOf.get(key);
    if (twin !== undefined) fields.problem(`the route ${key} is already ${twin}; a route key is unique in its API`);
    placeOf.set(key, fields.place);
    if (key.startsWith("$") && !predefined.includes(key))
      fields.problem(`route_key is ${JSON.stringify(key)}; only ${predefined.join(", ")} begin with $`);
    reading.hasNoEffect(fields, ["request_parameter"]);
    const responds = responses.includes(fields.required("id"));
    return {
      key,
      integration: readTarget(fields, targets),
      twoWay: fields.text("route_response_selection_expression") === "$default" && responds,
      ...readAuthorization(fields, key, targets),
      ...readModels(reading, fields, apiId),
      ...readApiKeyRequired(fields, key),
    };
  });
}

function readTarget(fields: Fields, { integrations }: RouteTargets): Integration | undefined {
  const target = fields.text("target");
  if (target === undefined) return undefined;
  const integration = integrations.get(target.replace(/^integrations\//, ""));
  if (!target.startsWith("integrations/") || !integration) {
    const known =
      [...integrations.values()].map(({ address }) => `integrations/\${${address}.id}`).join(", ") ||
      "none in this API";
    fields.problem(`target ${JSON.stringify(target)} is no integration of the API; possible: ${known}`);
  }
  return integration;
}

function readApiKeyRequired(fields: Fields, key: string): Pick<Route, "apiKeyRequired"> {
  if (!fields.flag("api_key_required")) return {};
  if (key !== "$connect")
    fields.problem("api_key_required is true, which only the route $connect can have; it protects the whole API");
  return { apiKeyRequired: true };
}

function readAuthorization(
  fields: Fields,
  key: string,
  { authorizers }: RouteTargets,
): Pick<Route, "authorizationType" | "authorizer"> {
  const type = fields.text("authorization_type") ?? "NONE";
  if (type !== "NONE" && type !== "AWS_IAM" && type !== "CUSTOM") {
    fields.problem(`authorization_type is ${JSON.stringify(type)}; a WebSocket route has NONE, AWS_IAM or CUSTOM`);
    return { authorizationType: "NONE" };
  }
  if (type !== "NONE" && key !== "$connect") {
    fields.problem(`authorization_type is ${type}, which only the route $connect can have; it protects the whole API`);
  }
  if (type !== "CUSTOM") return { authorizationType: type };
  const id = fields.required("authorizer_id");
  const authorizer = authorizers.get(id);
  if (authorizer) return { authorizationType: type, authorizer };
  if (id !== "") fields.problem(`authorizer_id ${JSON.stringify(id)} is no working authorizer of the API`);
  return { authorizationType: type };
}
