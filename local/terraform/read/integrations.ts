import type { Integration, LambdaFunction } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import { invokedFunction } from "./invoked-function.ts";
import { readMock } from "./mock.ts";
import type { Reading } from "./reading.ts";
import { textInStage, type VariablesOfStage } from "./stage-variables.ts";

/** Of one API, by id, as they are for a stage. An integration with a problem is there, so that its routes are not reported too. */
export function readIntegrations(
  reading: Reading,
  apiId: string,
  functions: readonly LambdaFunction[],
  stage: VariablesOfStage | undefined,
): Map<string, Integration> {
  const ofApi = reading
    .resources("aws_apigatewayv2_integration")
    .filter((fields) => fields.required("api_id") === apiId);
  return new Map(ofApi.map((fields) => [fields.required("id"), readIntegration(reading, fields, functions, stage)]));
}

function readIntegration(
  reading: Reading,
  fields: Fields,
  functions: readonly LambdaFunction[],
  stage: VariablesOfStage | undefined,
): Integration {
  const { place: address } = fields;
  const timeoutMs = fields.number("timeout_milliseconds") ?? 29_000;
  if (timeoutMs < 50 || timeoutMs > 29_000) fields.problem(`timeout_milliseconds is ${timeoutMs}; it is 50 to 29000`);
  const type = fields.required("integration_type");
  reading.hasNoEffect(fields, ["content_handling_strategy", "request_parameters", "tls_config"]);
  if (type === "MOCK") return { address, type, timeoutMs, mock: readMock(reading, fields) };
  if (type !== "AWS_PROXY") {
    fields.problem(`integration_type ${JSON.stringify(type)} is not served; AWS_PROXY and MOCK are`);
    return { address, type: "MOCK", timeoutMs };
  }
  const credentialsArn = textInStage(fields, "credentials_arn", stage);
  return {
    address,
    type,
    timeoutMs,
    ...(credentialsArn === undefined ? {} : { credentialsArn }),
    ...invokedFunction(fields, "integration_uri", functions, stage),
  };
}
