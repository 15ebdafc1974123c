import type { AttributesByType, ComputedAttributes, Subject } from "./subject.ts";

/** As AWS has it; `local-endpoint.ts` replaces it where it is used. */
function endpoint({ region, partition }: Subject, apiId: string): string {
  return `wss://${apiId}.execute-api.${region}.${partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}`;
}

const onlyId = (subject: Subject): ComputedAttributes => ({ id: () => subject.id() });

export const apigatewayv2Attributes: AttributesByType = {
  aws_apigatewayv2_api: (api) => ({
    id: () => api.id(),
    name: () => api.label,
    arn: () => `arn:${api.partition}:apigateway:${api.region}::/apis/${api.id()}`,
    execution_arn: () => api.arn("execute-api", api.id()),
    api_endpoint: () => endpoint(api, api.id()),
    api_key_selection_expression: () => "$request.header.x-api-key",
    // The provider's default is that of HTTP APIs (aws facts §9.2).
    route_selection_expression: () => "$request.method $request.path",
  }),
  aws_apigatewayv2_stage: (stage) => ({
    // A stage's id is its name.
    id: () => stage.text("name"),
    arn: () =>
      `arn:${stage.partition}:apigateway:${stage.region}::/apis/${stage.text("api_id")}/stages/${stage.text("name")}`,
    execution_arn: () => stage.arn("execute-api", `${stage.text("api_id")}/${stage.text("name")}`),
    invoke_url: () => `${endpoint(stage, stage.text("api_id"))}/${stage.text("name")}`,
  }),
  aws_apigatewayv2_integration: (integration) => ({
    id: () => integration.id(),
    integration_response_selection_expression: () => "${integration.response.statuscode}",
    timeout_milliseconds: () => 29_000,
  }),
  aws_apigatewayv2_deployment: (deployment) => ({ id: () => deployment.id(6), auto_deployed: () => false }),
  aws_apigatewayv2_route: (route) => ({ id: () => route.id(7), authorization_type: () => "NONE" }),
  aws_apigatewayv2_route_response: onlyId,
  aws_apigatewayv2_integration_response: onlyId,
  aws_apigatewayv2_model: onlyId,
  aws_apigatewayv2_domain_name: (domain) => ({
    // A domain's id is its name.
    id: () => domain.text("domain_name"),
    arn: () => `arn:${domain.partition}:apigateway:${domain.region}::/domainnames/${domain.text("domain_name")}`,
    api_mapping_selection_expression: () => "$request.basepath",
  }),
  aws_apigatewayv2_api_mapping: onlyId,
  aws_apigatewayv2_authorizer: (authorizer) => ({ id: () => authorizer.id(6) }),
};
