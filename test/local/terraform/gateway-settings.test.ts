// What a file says of authorizers, models, MOCK templates and asynchronous invocations.
import { basename, join } from "node:path";
import { expect } from "chai";
import type { Stack } from "#local/stack.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { type EchoChanges, echoTerraform } from "../support/echo-terraform.ts";
import { TestDirectory } from "../support/running-lambda.ts";

const api = "${aws_apigatewayv2_api.chat.id}";

describe("settings of routes and functions", () => {
  const directory = new TestDirectory();
  let files = 0;
  const read = (changes: EchoChanges): Promise<Stack> => {
    const terraform = JSON.stringify(echoTerraform({ code: "echo", ...changes }));
    const path = directory.write(`file ${files++}`, { "cdk.tf.json": terraform });
    directory.write(`file ${files - 1}/echo`, { "index.mjs": "export const handler = () => {};" });
    return readStack(join(path, "cdk.tf.json"), { apiEndpoint: "ws://127.0.0.1:3001" });
  };
  const problems = (changes: EchoChanges): Promise<readonly string[]> =>
    read(changes).then(
      () => expect.fail("it should have been refused"),
      (error: { problems: readonly string[] }) => error.problems,
    );
  const route = (changes: object): object => ({
    api_id: api,
    route_key: "echo",
    target: "integrations/${aws_apigatewayv2_integration.echo.id}",
    ...changes,
  });
  after(() => directory.remove());

  it("are Lambda's own for asynchronous invocations, unless the file has others", async () => {
    const [own] = (await read({})).functions;
    expect(own?.asyncInvoke).to.deep.equal({ maxRetries: 2, maxAgeSeconds: 21_600 });
    const queue = "arn:aws:sqs:eu-central-1:000000000000:failed";
    const config = {
      function_name: "${aws_lambda_function.echo.function_name}",
      maximum_retry_attempts: 0,
      maximum_event_age_in_seconds: 60,
      destination_config: [
        { on_failure: [{ destination: queue }], on_success: [{ destination: "${aws_lambda_function.echo.arn}" }] },
      ],
    };
    const stack = await read({
      function: { dead_letter_config: [{ target_arn: queue }] },
      resources: { aws_lambda_function_event_invoke_config: { echo: config } },
    });
    expect(stack.functions[0]?.asyncInvoke).to.deep.equal({
      maxRetries: 0,
      maxAgeSeconds: 60,
      onFailure: queue,
      onSuccess: stack.functions[0]?.arn,
      deadLetter: queue,
    });
    expect(stack.notServed).to.deep.equal([]);
  });

  it("of asynchronous invocations are in Lambda's range", async () => {
    const config = { function_name: "echo", maximum_retry_attempts: 3, maximum_event_age_in_seconds: 5 };
    expect(await problems({ resources: { aws_lambda_function_event_invoke_config: { echo: config } } })).to.deep.equal([
      "aws_lambda_function_event_invoke_config.echo: maximum_retry_attempts is 3; it is 0 to 2",
      "aws_lambda_function_event_invoke_config.echo: maximum_event_age_in_seconds is 5; it is 60 to 21600",
    ]);
  });

  it("include an authorizer's and an integration's role", async () => {
    const role = "${aws_iam_role.echo.arn}";
    const stack = await read({
      resources: {
        aws_apigatewayv2_authorizer: {
          token: {
            api_id: api,
            authorizer_type: "REQUEST",
            authorizer_uri: "${aws_lambda_function.echo.invoke_arn}",
            authorizer_credentials_arn: role,
            identity_sources: ["route.request.querystring.token"],
          },
        },
        aws_apigatewayv2_integration: {
          echo: {
            api_id: api,
            integration_type: "AWS_PROXY",
            integration_uri: "${aws_lambda_function.echo.invoke_arn}",
            credentials_arn: role,
          },
        },
        aws_apigatewayv2_route: {
          echo: route({
            route_key: "$connect",
            authorization_type: "CUSTOM",
            authorizer_id: "${aws_apigatewayv2_authorizer.token.id}",
          }),
        },
      },
    });
    const [served] = stack.apis[0]?.stages[0]?.routes ?? [];
    const arn = "arn:aws:iam::000000000000:role/echo-role";
    expect(served?.integration?.credentialsArn).to.equal(arn);
    expect(served?.authorizer).to.deep.include({ credentialsArn: arn, functionName: "echo" });
  });

  it("include models by their names", async () => {
    const schema = '{"type":"object"}';
    const model = { api_id: api, content_type: "application/json", name: "Chat", schema };
    const models = (name: string): EchoChanges => ({
      resources: {
        aws_apigatewayv2_model: { chat: model },
        aws_apigatewayv2_route: {
          echo: route({ model_selection_expression: "$request.body.kind", request_models: { chat: name } }),
        },
      },
    });
    const [served] = (await read(models("Chat"))).apis[0]?.stages[0]?.routes ?? [];
    expect(served?.models).to.deep.equal({ selectionExpression: "$request.body.kind", schemas: { chat: schema } });
    expect(await problems(models("Chatt"))).to.deep.equal([
      'aws_apigatewayv2_route.echo: request_models: "Chatt" is no aws_apigatewayv2_model of the API; there are: Chat',
    ]);
  });

  it("include the templates of a MOCK integration", async () => {
    const stack = await read({
      resources: {
        aws_apigatewayv2_integration: {
          echo: {
            api_id: api,
            integration_type: "MOCK",
            template_selection_expression: "\\$default",
            request_templates: { $default: '{"statusCode": 200}' },
            passthrough_behavior: "NEVER",
          },
        },
        aws_apigatewayv2_integration_response: {
          pong: {
            api_id: api,
            integration_id: "${aws_apigatewayv2_integration.echo.id}",
            integration_response_key: "/200/",
            response_templates: { $default: "pong" },
          },
        },
      },
    });
    expect(stack.apis[0]?.stages[0]?.routes[0]?.integration?.mock).to.deep.equal({
      requestTemplates: { $default: '{"statusCode": 200}' },
      requestSelection: "\\$default",
      passthrough: "NEVER",
      responses: [
        {
          address: "aws_apigatewayv2_integration_response.pong",
          key: "/200/",
          templates: { $default: "pong" },
        },
      ],
    });
    expect(stack.notServed).to.deep.equal([]);
  });

  it("that are a container image's are refused as that alone", async () => {
    const image = { filename: null, handler: null, runtime: null, package_type: "Image", image_uri: "1.dkr.ecr/x:1" };
    expect(await problems({ function: image })).to.deep.equal([
      "aws_lambda_function.echo: the code is a container image, which is not served; expected is a zip or directory",
    ]);
  });

  it("include layers of the file; others are named", async () => {
    const other = "arn:aws:lambda:eu-west-1:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2:1";
    const stack = await read({
      function: { layers: ["${aws_lambda_layer_version.tools.arn}", other] },
      resources: { aws_lambda_layer_version: { tools: { layer_name: "tools", filename: "echo" } } },
    });
    expect(stack.functions[0]?.layers?.map((path) => basename(path))).to.deep.equal(["echo"]);
    expect(stack.functions[0]?.missingLayers).to.deep.equal([other]);
    expect(stack.notServed).to.deep.equal([`aws_lambda_function.echo: the layer ${other}`]);
    const missing = { aws_lambda_layer_version: { tools: { layer_name: "tools", filename: "none.zip" } } };
    const layers = ["${aws_lambda_layer_version.tools.arn}"];
    expect((await problems({ function: { layers }, resources: missing }))[0]).to.match(
      /^aws_lambda_layer_version\.tools: filename is "none\.zip", and there is no /,
    );
  });

  it("that AWS has and nothing here looks at are named", async () => {
    const stack = await read({
      resources: {
        aws_apigatewayv2_stage: {
          dev: { api_id: api, name: "dev", auto_deploy: true, client_certificate_id: "a1b2c3" },
        },
        aws_apigatewayv2_route: {
          echo: route({
            request_parameter: [{ request_parameter_key: "route.request.querystring.a", required: true }],
          }),
        },
      },
    });
    expect(stack.notServed).to.deep.equal([
      "aws_apigatewayv2_route.echo: request_parameter",
      "aws_apigatewayv2_stage.dev: client_certificate_id",
    ]);
  });

  it("that are an HTTP API's are named by it, and do not count among the stages of a name", async () => {
    const apis = {
      chat: { name: "chat", protocol_type: "WEBSOCKET", route_selection_expression: "$request.body.action" },
      web: { name: "web", protocol_type: "HTTP" },
    };
    const web = "${aws_apigatewayv2_api.web.id}";
    const stack = await read({
      function: {
        environment: { variables: { OWN: '${replace(aws_apigatewayv2_api.chat.api_endpoint, "wss://", "https://")}' } },
      },
      resources: {
        output: {},
        aws_apigatewayv2_api: apis,
        aws_apigatewayv2_route: { echo: route({}), get: { api_id: web, route_key: "GET /" } },
        aws_apigatewayv2_stage: {
          dev: { api_id: api, name: "dev", auto_deploy: true },
          web: { api_id: web, name: "dev", auto_deploy: true },
        },
      },
    });
    expect(stack.notServed).to.include("aws_apigatewayv2_api.web (HTTP, with all that is in it)");
    expect(stack.apis.map(({ name, stages }) => [name, stages.length])).to.deep.equal([["chat", 1]]);
    expect(stack.functions[0]?.environment).to.deep.equal({ OWN: "http://127.0.0.1:3001" });
  });

  it("include names that AWS would take", async () => {
    expect(await problems({ route: "$else", stage: "dev/one" })).to.deep.equal([
      'aws_apigatewayv2_route.echo: route_key is "$else"; only $connect, $disconnect, $default begin with $',
      'aws_apigatewayv2_stage.dev: name is "dev/one"; it is up to 128 letters, digits, - and _',
    ]);
  });

  it("that would leave a route open by accident are refused", async () => {
    expect(
      await problems({ resources: { aws_apigatewayv2_route: { echo: route({ api_key_required: true }) } } }),
    ).to.deep.equal([
      "aws_apigatewayv2_route.echo: api_key_required is true, which only the route $connect can have; it protects the whole API",
    ]);
    expect(
      (await problems({ resources: { aws_apigatewayv2_route: { echo: route({ request_models: { a: "A" } }) } } }))[0],
    ).to.include("request_models has no effect without model_selection_expression");
  });
});
