// What the attributes that tie a stack together refer to, and how they are written. A plan says only which names a value that is
// not known yet is made of, not how, so `"integrations/${aws_apigatewayv2_integration.a.id}"` has to be known beforehand.

export interface ExpectedReference {
  readonly types: readonly string[];
  readonly attribute: string;
  readonly prefix?: string;
  readonly suffix?: string;
}

const to = (type: string, attribute: string): ExpectedReference => ({ types: [type], attribute });

const api = to("aws_apigatewayv2_api", "id");
const invokeArn: ExpectedReference = { types: ["aws_lambda_function", "aws_lambda_alias"], attribute: "invoke_arn" };
const roleName = to("aws_iam_role", "name");

const byType: Readonly<Record<string, Readonly<Record<string, ExpectedReference>>>> = {
  aws_api_gateway_usage_plan: { "api_stages.api_id": api, "api_stages.stage": to("aws_apigatewayv2_stage", "name") },
  aws_api_gateway_usage_plan_key: {
    key_id: to("aws_api_gateway_api_key", "id"),
    usage_plan_id: to("aws_api_gateway_usage_plan", "id"),
  },
  aws_apigatewayv2_api_mapping: {
    api_id: api,
    stage: to("aws_apigatewayv2_stage", "name"),
    domain_name: { types: ["aws_apigatewayv2_domain_name", "aws_api_gateway_domain_name"], attribute: "domain_name" },
  },
  aws_apigatewayv2_authorizer: { api_id: api, authorizer_uri: invokeArn },
  aws_apigatewayv2_deployment: { api_id: api },
  aws_apigatewayv2_integration: { api_id: api, integration_uri: invokeArn },
  aws_apigatewayv2_integration_response: { api_id: api, integration_id: to("aws_apigatewayv2_integration", "id") },
  aws_apigatewayv2_model: { api_id: api },
  aws_apigatewayv2_route: {
    api_id: api,
    target: { ...to("aws_apigatewayv2_integration", "id"), prefix: "integrations/" },
    authorizer_id: to("aws_apigatewayv2_authorizer", "id"),
  },
  aws_apigatewayv2_route_response: { api_id: api, route_id: to("aws_apigatewayv2_route", "id") },
  aws_apigatewayv2_stage: {
    api_id: api,
    deployment_id: to("aws_apigatewayv2_deployment", "id"),
    "access_log_settings.destination_arn": to("aws_cloudwatch_log_group", "arn"),
  },
  aws_iam_policy_attachment: { policy_arn: to("aws_iam_policy", "arn"), roles: roleName },
  aws_iam_role_policy: { role: roleName },
  aws_iam_role_policy_attachment: { policy_arn: to("aws_iam_policy", "arn"), role: roleName },
  aws_lambda_alias: { function_name: to("aws_lambda_function", "function_name") },
  aws_lambda_function: {
    layers: to("aws_lambda_layer_version", "arn"),
    role: to("aws_iam_role", "arn"),
    "logging_config.log_group": to("aws_cloudwatch_log_group", "name"),
  },
  aws_lambda_permission: {
    function_name: to("aws_lambda_function", "function_name"),
    qualifier: to("aws_lambda_alias", "name"),
    // The stage and route behind it are not in the plan.
    source_arn: {
      types: ["aws_apigatewayv2_api", "aws_apigatewayv2_stage"],
      attribute: "execution_arn",
      suffix: "/*",
    },
  },
};

/** `path` without list indexes: `access_log_settings.destination_arn`. */
export function expectedReference(type: string, path: string): ExpectedReference | undefined {
  return byType[type]?.[path];
}
