// A WebSocket API as Terraform, for measurements: a two-way route that echoes or tells the connection's id, and posts to one or many
// connections, through the AWS SDK and through our poster.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { root } from "#scripts/root.ts";

const ECHO = `export const handler = async ({ requestContext, body }) => (
  { statusCode: 200, body: body === '{"action":"id"}' ? requestContext.connectionId : body }
);`;

/** One client, as AWS's documentation makes it; the endpoint is built from the event, unless the SDK's own variable says another. */
const SDK = `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
let client;
const post = ({ domainName, stage }, ConnectionId, Data) => {
  const endpoint = process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI ?? "https://" + domainName + "/" + stage;
  client ??= new ApiGatewayManagementApiClient({ endpoint });
  return client.send(new PostToConnectionCommand({ ConnectionId, Data }));
};
export const handler = async ({ requestContext, body }) => {
  const { ids } = JSON.parse(body);
  if (ids) await Promise.all(ids.map((id) => post(requestContext, id, "hello")));
  else await post(requestContext, requestContext.connectionId, body);
  return { statusCode: 200 };
};
`;

const POSTER = `
import { connectionPoster } from "#aws/connection-poster.ts";
const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
const config = { region: async () => AWS_REGION, credentials: async () => credentials };
const onFailure = (_, cause) => { throw cause; };
const poster = connectionPoster({ client: { config }, onFailure });
export const handler = async ({ body }) => {
  await Promise.all(JSON.parse(body).ids.map((id) => poster.post(id, "hello")));
  return { statusCode: 200 };
};
`;

const CODE = { echo: ECHO, sdk: SDK, poster: POSTER };
type Name = keyof typeof CODE;
const names = Object.keys(CODE) as Name[];

export interface EchoStack {
  readonly file: string;
  functionFile(name: Name): string;
  remove(): Promise<void>;
}

/** `lifecycle`: with a `$connect` and a `$disconnect` route. */
export async function writeEchoStack({ lifecycle = false } = {}): Promise<EchoStack> {
  const directory = await mkdtemp(path.join(tmpdir(), "websocket-api-bench-"));
  const functionFile = (name: Name): string => path.join(directory, name, "index.mjs");
  await Promise.all(names.map((name) => bundle(CODE[name], functionFile(name))));
  const file = path.join(directory, "cdk.tf.json");
  await writeFile(file, JSON.stringify(terraform(lifecycle), null, 2));
  return { file, functionFile, remove: () => rm(directory, { recursive: true, force: true }) };
}

async function bundle(contents: string, outfile: string): Promise<void> {
  await mkdir(path.dirname(outfile));
  await build({
    stdin: { contents, resolveDir: root, loader: "js" },
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
  });
}

function terraform(lifecycle: boolean) {
  const route = (key: string, name: Name, twoWay = false) => ({
    api_id: "${aws_apigatewayv2_api.api.id}",
    route_key: key,
    target: `integrations/\${aws_apigatewayv2_integration.${name}.id}`,
    ...(twoWay ? { route_response_selection_expression: "$default" } : {}),
  });
  const routes = {
    default: route("$default", "echo", true),
    post: route("post", "sdk"),
    sdk: route("broadcast-sdk", "sdk"),
    poster: route("broadcast-poster", "poster"),
    ...(lifecycle && { connect: route("$connect", "echo"), disconnect: route("$disconnect", "echo") }),
  };
  const perFunction = <T>(make: (name: Name) => T) => Object.fromEntries(names.map((name) => [name, make(name)]));
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
      aws_apigatewayv2_route: routes,
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
          depends_on: Object.keys(routes).map((name) => `aws_apigatewayv2_route.${name}`),
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
