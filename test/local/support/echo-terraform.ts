// The smallest Terraform file of a WebSocket API: one function, `echo`, behind one two-way route.

export interface EchoChanges {
  /** The zip or directory beside the file. */
  readonly code?: string;
  readonly function?: object;
  readonly expression?: string;
  readonly route?: string;
  readonly stage?: string;
  /** More resources, by type and name. */
  readonly resources?: Readonly<Record<string, object>>;
}

export function echoTerraform(changes: EchoChanges = {}): object {
  const { code = "echo.zip", expression = "$request.body.action", route = "echo", stage = "dev" } = changes;
  const api = "${aws_apigatewayv2_api.chat.id}";
  const assumeRole = { Version: "2012-10-17", Statement: [] };
  return {
    provider: { aws: [{ region: "eu-central-1" }] },
    resource: {
      aws_iam_role: { echo: { name: "echo-role", assume_role_policy: JSON.stringify(assumeRole) } },
      aws_lambda_function: {
        echo: {
          function_name: "echo",
          role: "${aws_iam_role.echo.arn}",
          filename: code,
          handler: "index.handler",
          runtime: "nodejs24.x",
          ...changes.function,
        },
      },
      aws_lambda_permission: {
        echo: {
          action: "lambda:InvokeFunction",
          function_name: "${aws_lambda_function.echo.function_name}",
          principal: "apigateway.amazonaws.com",
          source_arn: "${aws_apigatewayv2_api.chat.execution_arn}/*/*",
        },
      },
      aws_apigatewayv2_api: {
        chat: { name: "chat", protocol_type: "WEBSOCKET", route_selection_expression: expression },
      },
      aws_apigatewayv2_integration: {
        echo: {
          api_id: api,
          integration_type: "AWS_PROXY",
          integration_uri: "${aws_lambda_function.echo.invoke_arn}",
        },
      },
      aws_apigatewayv2_route: {
        echo: {
          api_id: api,
          route_key: route,
          target: "integrations/${aws_apigatewayv2_integration.echo.id}",
          route_response_selection_expression: "$default",
        },
      },
      aws_apigatewayv2_route_response: {
        echo: { api_id: api, route_id: "${aws_apigatewayv2_route.echo.id}", route_response_key: "$default" },
      },
      aws_apigatewayv2_deployment: {
        chat: { api_id: api, triggers: { route: "${jsonencode(aws_apigatewayv2_route.echo)}" } },
      },
      aws_apigatewayv2_stage: {
        dev: { api_id: api, name: stage, deployment_id: "${aws_apigatewayv2_deployment.chat.id}" },
      },
      ...changes.resources,
    },
  };
}
