import { join } from "node:path";
import { expect } from "chai";
import type { ApiKey, Stack } from "#local/stack.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { StackError } from "#local/terraform/stack-error.ts";
import { echoTerraform } from "../support/echo-terraform.ts";
import { TestDirectory } from "../support/running-lambda.ts";
import { where } from "./edited-fixture.ts";

const api = "${aws_apigatewayv2_api.chat.id}";
const keyResource = "aws_api_gateway_api_key";

describe("API keys of a file", () => {
  const directory = new TestDirectory();
  let files = 0;
  after(() => directory.remove());

  interface Changes {
    readonly api?: object;
    readonly key?: object;
    readonly plan?: object;
    readonly link?: object;
  }

  async function read(changes: Changes = {}): Promise<Stack> {
    const target = "integrations/${aws_apigatewayv2_integration.echo.id}";
    const resources = {
      aws_apigatewayv2_api: {
        chat: {
          name: "chat",
          protocol_type: "WEBSOCKET",
          route_selection_expression: "$request.body.action",
          ...changes.api,
        },
      },
      aws_apigatewayv2_route: {
        connect: { api_id: api, route_key: "$connect", target, api_key_required: true },
        echo: { api_id: api, route_key: "echo", target, route_response_selection_expression: "$default" },
      },
      [keyResource]: { partner: { name: "partner", ...changes.key } },
      aws_api_gateway_usage_plan: {
        partners: {
          name: "partners",
          api_stages: [{ api_id: api, stage: "${aws_apigatewayv2_stage.dev.name}" }],
          ...changes.plan,
        },
      },
      aws_api_gateway_usage_plan_key: {
        partner: {
          key_id: "${aws_api_gateway_api_key.partner.id}",
          key_type: "API_KEY",
          usage_plan_id: "${aws_api_gateway_usage_plan.partners.id}",
          ...changes.link,
        },
      },
    };
    const path = directory.write(`file ${files++}`, {
      "cdk.tf.json": JSON.stringify(echoTerraform({ code: "echo", resources })),
    });
    directory.write(`file ${files - 1}/echo`, { "index.mjs": "export const handler = () => {};" });
    return await readStack(join(path, "cdk.tf.json"), where);
  }

  const keysOf = async (changes?: Changes): Promise<readonly ApiKey[]> =>
    (await read(changes)).apis[0]?.stages[0]?.apiKeys ?? [];
  const problemsOf = (changes: Changes): Promise<readonly string[]> =>
    read(changes).then(
      () => expect.fail("it should have been refused"),
      (error) => (error instanceof StackError ? error.problems : expect.fail(String(error))),
    );

  it("belong to the stages of their usage plan, with its limits", async () => {
    const plan = {
      throttle_settings: { burst_limit: 5, rate_limit: 2.5 },
      quota_settings: { limit: 100, offset: 2, period: "WEEK" },
    };
    const [key, ...others] = await keysOf({ key: { value: "a-key-of-twenty-chars" }, plan });
    expect(others).to.deep.equal([]);
    expect(key).to.deep.include({
      address: "aws_api_gateway_api_key.partner",
      value: "a-key-of-twenty-chars",
      madeUp: false,
      throttle: { burst: 5, rate: 2.5 },
      quota: { limit: 100, offset: 2, period: "WEEK" },
    });
    expect((await read()).notServed).to.deep.equal([]);
    expect((await read()).apis[0]?.stages[0]?.routes[0]).to.deep.include({ key: "$connect", apiKeyRequired: true });
  });

  it("have a value of 40 characters when the file has none, the same at each start", async () => {
    const [key] = await keysOf();
    expect(key?.value).to.match(/^[a-z0-9]{40}$/);
    expect(key?.madeUp).to.equal(true);
    expect(await keysOf()).to.deep.equal([key]);
  });

  it("do not count when they are disabled, or their plan has another stage", async () => {
    expect(await keysOf({ key: { enabled: false } })).to.deep.equal([]);
    expect(await keysOf({ plan: { api_stages: [{ api_id: api, stage: "prod" }] } })).to.deep.equal([]);
  });

  it("are looked for in the header, or in what the authorizer says", async () => {
    expect((await read()).apis[0]?.apiKeySource).to.equal("header");
    const expression = "$context.authorizer.usageIdentifierKey";
    expect((await read({ api: { api_key_selection_expression: expression } })).apis[0]?.apiKeySource).to.equal(
      "authorizer",
    );
  });

  it("are refused where they could not mean what is written", async () => {
    const stage = { api_id: api, stage: "dev", throttle: [{ path: "/x/GET", rate_limit: 1 }] };
    const problems = await problemsOf({
      api: { api_key_selection_expression: "$request.body.key" },
      plan: { api_stages: [stage], quota_settings: [{ limit: 1, period: "YEAR" }] },
      link: { key_id: "nobody" },
    });
    expect(problems).to.have.members([
      'aws_apigatewayv2_api.chat: api_key_selection_expression is "$request.body.key"; it is $request.header.x-api-key or $context.authorizer.usageIdentifierKey',
      "aws_api_gateway_usage_plan.partners: api_stages: throttle names methods of REST APIs, and a WebSocket API has none: set throttle_settings of the plan, or route_settings of the stage",
      'aws_api_gateway_usage_plan.partners: quota_settings: period is "YEAR"; it is DAY, WEEK or MONTH',
      'aws_api_gateway_usage_plan_key.partner: key_id "nobody" is no aws_api_gateway_api_key of the file',
    ]);
  });
});
