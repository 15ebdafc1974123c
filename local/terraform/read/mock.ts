import type { MockTemplates } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

export function readMock(reading: Reading, integration: Fields): MockTemplates {
  const id = integration.required("id");
  const responses = reading
    .resources("aws_apigatewayv2_integration_response")
    .filter((response) => response.required("integration_id") === id)
    .map((response) => {
      const selection = response.text("template_selection_expression");
      return {
        address: response.place,
        key: response.required("integration_response_key"),
        templates: response.map("response_templates"),
        ...(selection === undefined ? {} : { selection }),
      };
    });
  const requestSelection = integration.text("template_selection_expression");
  return {
    requestTemplates: integration.map("request_templates"),
    ...(requestSelection === undefined ? {} : { requestSelection }),
    passthrough: readPassthrough(integration),
    responses,
  };
}

function readPassthrough(integration: Fields): MockTemplates["passthrough"] {
  const behavior = integration.text("passthrough_behavior") ?? "WHEN_NO_MATCH";
  if (behavior === "WHEN_NO_MATCH" || behavior === "WHEN_NO_TEMPLATES" || behavior === "NEVER") return behavior;
  integration.problem(
    `passthrough_behavior is ${JSON.stringify(behavior)}; it is WHEN_NO_MATCH, WHEN_NO_TEMPLATES or NEVER`,
  );
  return "WHEN_NO_MATCH";
}
