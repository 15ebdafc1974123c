// The smallest WebSocket API as Terraform: a two-way route `$default` that echoes, and `post`, whose function answers through
// PostToConnection and the AWS SDK.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { root } from "#scripts/root.ts";

const ECHO = `export const handler = async (event) => ({ statusCode: 200, body: event.body });\n`;

const POST = `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
let client;
export const handler = async ({ requestContext: { domainName, stage, connectionId }, body }) => {
  client ??= new ApiGatewayManagementApiClient({ endpoint: "https://" + domainName + "/" + stage });
  await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: body }));
  return { statusCode: 200 };
};
`;

export interface EchoStack {
  readonly file: string;
  remove(): Promise<void>;
}

export async function writeEchoStack(): Promise<EchoStack> {
  const directory = await mkdtemp(path.join(tmpdir(), "websocket-api-bench-"));
  for (const name of ["echo", "post"]) await mkdir(path.join(directory, name));
  await writeFile(path.join(directory, "echo", "index.mjs"), ECHO);
  await build({
    stdin: { contents: POST, resolveDir: root, loader: "js" },
    outfile: path.join(directory, "post", "index.mjs"),
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
  });
  const file = path.join(directory, "cdk.tf.json");
  await writeFile(file, JSON.stringify(terraform(), null, 2));
  return { file, remove: () => rm(directory, { recursive: true, force: true }) };
}

function terraform() {
  const route = (key: string, name: string, twoWay: boolean) => ({
    api_id: "${aws_apigatewayv2_api.api.id}",
    route_key: key,
    target: `integrations/\${aws_apigatewayv2_integration.${name}.id}`,
    ...(twoWay ? { route_response_selection_expression: "$default" } : {}),
  });
  const perFunction = <T>(make: (name: string) => T) => ({ echo: make("echo"), post: make("post") });
  return {
    provider: { aws: [{ region: "us-east-1" }] },
    resource: {
      aws_apigatewayv2_api: {
        api: { name: "bench", protocol_type: "WEBSOCKET", route_selection_expression: "$request.body.action" },
      },
      aws_apigatewayv2_integration: perFunction((name) => ({
        api_id: "${aws_apigatewayv2_api.api.id}",
        integration_type: "AWS_PROXY",
        integration_uri: `\${aws_lambda_function.${name}.invoke_arn}`,
      })),
      aws_apigatewayv2_route: { default: route("$default", "echo", true), post: route("post", "post", false) },
      aws_apigatewayv2_route_response: {
        default: {
          api_id: "${aws_apigatewayv2_api.api.id}",
          route_id: "${aws_apigatewayv2_route.default.id}",
          route_response_key: "$default",
        },
      },
      aws_apigatewayv2_deployment: {
        now: {
          api_id: "${aws_apigatewayv2_api.api.id}",
          depends_on: ["aws_apigatewayv2_route.default", "aws_apigatewayv2_route.post"],
        },
      },
      aws_apigatewayv2_stage: {
        // more than the account's default, which would be what is measured
        bench: {
          api_id: "${aws_apigatewayv2_api.api.id}",
          name: "bench",
          deployment_id: "${aws_apigatewayv2_deployment.now.id}",
          default_route_settings: { throttling_burst_limit: 1e9, throttling_rate_limit: 1e9 },
        },
      },
      aws_iam_role: perFunction((name) => ({ name: `bench-${name}`, assume_role_policy: "{}" })),
      aws_iam_role_policy: perFunction((name) => ({
        role: `\${aws_iam_role.${name}.name}`,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "execute-api:ManageConnections",
              Resource: "${aws_apigatewayv2_api.api.execution_arn}/bench/POST/@connections/*",
            },
          ],
        }),
      })),
      aws_lambda_function: perFunction((name) => ({
        function_name: `bench-${name}`,
        role: `\${aws_iam_role.${name}.arn}`,
        runtime: "nodejs24.x",
        handler: "index.handler",
        filename: name,
        timeout: 10,
        memory_size: 512,
        logging_config: { log_format: "JSON", application_log_level: "WARN", system_log_level: "WARN" },
      })),
      aws_lambda_permission: perFunction((name) => ({
        function_name: `\${aws_lambda_function.${name}.function_name}`,
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        source_arn: "${aws_apigatewayv2_api.api.execution_arn}/*/*",
      })),
    },
  };
}
