import type { Authorizer, LambdaFunction } from "#local/stack.ts";
import { invokedFunction } from "./invoked-function.ts";
import type { Reading } from "./reading.ts";
import { textInStage, type VariablesOfStage } from "./stage-variables.ts";

/** Of one API, by id, as they are for a stage. */
export function readAuthorizers(
  reading: Reading,
  apiId: string,
  functions: readonly LambdaFunction[],
  stage: VariablesOfStage | undefined,
): Map<string, Authorizer> {
  const authorizers = new Map<string, Authorizer>();
  for (const fields of reading.resources("aws_apigatewayv2_authorizer")) {
    if (fields.required("api_id") !== apiId) continue;
    const type = fields.required("authorizer_type");
    // JWT authorizers exist for HTTP APIs only (aws facts §1.6).
    if (type !== "REQUEST")
      fields.problem(`authorizer_type is ${JSON.stringify(type)}; a WebSocket API has only REQUEST`);
    // Of HTTP APIs (aws facts §1.6).
    reading.hasNoEffect(fields, ["authorizer_result_ttl_in_seconds", "enable_simple_responses"]);
    const reference = invokedFunction(fields, "authorizer_uri", functions, stage);
    if (reference) {
      const id = fields.required("id");
      const credentialsArn = textInStage(fields, "authorizer_credentials_arn", stage);
      authorizers.set(id, {
        address: fields.place,
        id,
        identitySources: fields.texts("identity_sources"),
        ...(credentialsArn === undefined ? {} : { credentialsArn }),
        ...reference,
      });
    }
  }
  return authorizers;
}
