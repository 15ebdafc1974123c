import type { Route } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

/** Models are named; without a selection expression none of them is ever chosen. */
export function readModels(reading: Reading, route: Fields, apiId: string): Pick<Route, "models"> {
  const selectionExpression = route.text("model_selection_expression");
  const names = route.map("request_models");
  if (selectionExpression === undefined) {
    if (Object.keys(names).length > 0) {
      route.problem(
        "request_models has no effect without model_selection_expression; $default would choose the model $default",
      );
    }
    return {};
  }
  const models = reading.resources("aws_apigatewayv2_model").filter((model) => model.required("api_id") === apiId);
  const schemas = Object.entries(names).flatMap(([key, name]) => {
    const model = models.find((one) => one.required("name") === name);
    if (model) return [[key, model.required("schema")] as const];
    const known = models.map((one) => one.required("name")).join(", ") || "none";
    route.problem(
      `request_models: ${JSON.stringify(name)} is no aws_apigatewayv2_model of the API; there are: ${known}`,
    );
    return [];
  });
  return { models: { selectionExpression, schemas: Object.fromEntries(schemas) } };
}
