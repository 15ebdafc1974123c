// What a file says of custom domains and of what they are mapped to.
import { join } from "node:path";
import { expect } from "chai";
import type { Stack } from "#local/stack.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { gatewayWarnings } from "#local/websocket/stack-problems.ts";
import { echoTerraform } from "../support/echo-terraform.ts";
import { TestDirectory } from "../support/running-lambda.ts";

const api = "${aws_apigatewayv2_api.chat.id}";
const domain = "${aws_apigatewayv2_domain_name.chat.id}";
const stage = "${aws_apigatewayv2_stage.dev.id}";
const mapping = { api_id: api, domain_name: domain, stage };
const chat = { name: "chat", protocol_type: "WEBSOCKET", route_selection_expression: "$request.body.action" };

describe("custom domains of a file", () => {
  const directory = new TestDirectory();
  let files = 0;
  after(() => directory.remove());

  interface Changes {
    readonly mappings: object;
    readonly domain?: object;
    readonly apis?: object;
    readonly environment?: object;
  }

  async function read({ mappings, domain, apis, environment }: Changes): Promise<Stack> {
    const resources = {
      aws_apigatewayv2_domain_name: { chat: { domain_name: "Chat.example.com", ...domain } },
      aws_apigatewayv2_api_mapping: mappings,
      aws_apigatewayv2_api: { chat, ...apis },
    };
    const terraform = {
      ...echoTerraform({ code: "echo", resources, function: { environment: { variables: environment } } }),
      data: { terraform_remote_state: { shared: { backend: "local" } } },
    };
    const path = directory.write(`file ${files++}`, { "cdk.tf.json": JSON.stringify(terraform) });
    directory.write(`file ${files - 1}/echo`, { "index.mjs": "export const handler = () => {};" });
    return await readStack(join(path, "cdk.tf.json"), { apiEndpoint: "ws://127.0.0.1:3001" });
  }
  const problems = (changes: Changes): Promise<readonly string[]> =>
    read(changes).then(
      () => expect.fail("it should have been refused"),
      (error: { problems: readonly string[] }) => error.problems,
    );

  it("have a name in lower case, and a mapping with a key or none", async () => {
    const stack = await read({ mappings: { whole: mapping, live: { ...mapping, api_mapping_key: "games/live" } } });
    const apiId = stack.apis[0]?.id;
    expect(stack.domains).to.deep.equal([
      {
        address: "aws_apigatewayv2_domain_name.chat",
        name: "chat.example.com",
        mappings: [
          { key: "", apiId, stage: "dev" },
          { key: "games/live", apiId, stage: "dev" },
        ],
      },
    ]);
    expect(stack.notServed).to.deep.equal([]);
    expect(gatewayWarnings(stack)).to.deep.equal([]);
  });

  it("may be made by another file", async () => {
    const { domains } = await read({ mappings: { one: { ...mapping, domain_name: "shared.example.com" } } });
    expect(domains.map(({ name, mappings }) => [name, mappings.length])).to.deep.equal([
      ["chat.example.com", 0],
      ["shared.example.com", 1],
    ]);
    expect(domains[1]?.address).to.equal("aws_apigatewayv2_api_mapping.one");
  });

  it("are named where nothing of them can be served: names and APIs that are not known, and those of HTTP APIs", async () => {
    const shared = "${data.terraform_remote_state.shared.outputs.domain}";
    const stack = await read({
      domain: { domain_name: shared },
      mappings: {
        far: { ...mapping, domain_name: shared },
        foreign: { ...mapping, api_id: "abcde12345", domain_name: "other.example.com", stage: "prod" },
        http: {
          ...mapping,
          api_id: "${aws_apigatewayv2_api.http.id}",
          domain_name: "http.example.com",
          stage: "$default",
        },
      },
      apis: {
        http: { name: "http", protocol_type: "HTTP" },
      },
    });
    expect(stack.domains).to.deep.equal([]);
    expect(stack.notServed).to.deep.equal([
      "aws_apigatewayv2_domain_name.chat",
      "aws_apigatewayv2_api_mapping.far",
      "aws_apigatewayv2_api_mapping.foreign",
      "aws_apigatewayv2_api_mapping.http",
      "aws_apigatewayv2_api.http (HTTP, with all that is in it)",
    ]);
  });

  it("that are not asked for by their mappings are said to lead nowhere", async () => {
    for (const changes of [
      { mappings: {} },
      { mappings: { one: mapping }, domain: { routing_mode: "ROUTING_RULE_ONLY" } },
    ])
      expect(gatewayWarnings(await read(changes))).to.deep.equal([
        "aws_apigatewayv2_domain_name.chat: no mapping leads from chat.example.com to a stage, so every request is answered with 403",
      ]);
  });

  it("are warned of where AWS would let nobody through", async () => {
    const apis = { chat: { ...chat, disable_execute_api_endpoint: true } };
    const closed = await read({ mappings: { far: { ...mapping, api_id: "abcde12345" } }, apis });
    expect(closed.apis[0]?.defaultEndpoint).to.equal(false);
    expect(gatewayWarnings(closed)).to.deep.equal([
      "aws_apigatewayv2_api.chat: disable_execute_api_endpoint is set, and no custom domain of this file leads to it: on AWS it is reached only by one from elsewhere",
    ]);
    const stack = await read({ mappings: { one: mapping, two: { ...mapping, api_mapping_key: "ping" } }, apis });
    expect(gatewayWarnings(stack)).to.deep.equal([
      "aws_apigatewayv2_domain_name.chat: on AWS the path /ping is kept for health checks: use another api_mapping_key",
    ]);
  });

  it("are refused for what AWS would refuse", async () => {
    const allowed = "it is up to 300 letters, digits and $-_.+!*'(), with / between levels";
    const long = "x".repeat(301);
    expect(
      await problems({
        mappings: {
          one: { ...mapping, api_mapping_key: "v1" },
          again: { ...mapping, api_mapping_key: "v1" },
          slash: { ...mapping, api_mapping_key: "/v2/" },
          long: { ...mapping, api_mapping_key: long },
          stage: { ...mapping, stage: "prod" },
          http: { ...mapping, api_id: "${aws_apigatewayv2_api.http.id}", stage: "$default", api_mapping_key: "web" },
        },
        apis: { http: { name: "http", protocol_type: "HTTP" } },
      }),
    ).to.deep.equal([
      `aws_apigatewayv2_api_mapping.slash: api_mapping_key is "/v2/"; ${allowed}`,
      `aws_apigatewayv2_api_mapping.long: api_mapping_key is "${long}"; ${allowed}`,
      'aws_apigatewayv2_api_mapping.stage: stage "prod" is no stage of aws_apigatewayv2_api.chat; it has dev',
      'aws_apigatewayv2_api_mapping.again: api_mapping_key "v1" is that of aws_apigatewayv2_api_mapping.one, of the same domain',
      'aws_apigatewayv2_api_mapping.http: leads to an API with protocol_type "HTTP", and aws_apigatewayv2_api_mapping.one to a WebSocket API: one domain cannot serve both',
    ]);
  });

  it("become this machine's address in an environment, and the name of a disabled endpoint does not", async () => {
    const environment = {
      WHOLE: "https://chat.example.com",
      LIVE: "https://chat.example.com/games/live/@connections",
      BELOW: "https://chat.example.com/games/liver",
      SOCKETS: "wss://chat.example.com/games/live",
      OTHER: "https://www.chat.example.com, https://chat.example.com.au",
      OWN: '${replace(aws_apigatewayv2_api.chat.api_endpoint, "wss://", "https://")}',
    };
    const mappings = { whole: mapping, live: { ...mapping, api_mapping_key: "games/live" } };
    const apis = { chat: { ...chat, disable_execute_api_endpoint: true } };
    const {
      functions,
      apis: [api],
    } = await read({ mappings, environment, apis });
    expect(functions[0]?.environment).to.deep.equal({
      ...environment,
      WHOLE: "http://127.0.0.1:3001/dev",
      LIVE: "http://127.0.0.1:3001/dev/@connections",
      BELOW: "http://127.0.0.1:3001/dev/games/liver",
      OWN: `https://${api?.id}.execute-api.eu-central-1.amazonaws.com`,
    });
  });
});
