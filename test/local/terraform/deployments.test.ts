// A deployment is a snapshot: what it does not wait for may not be in it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readStack } from "#local/terraform/read-stack.ts";
import { gatewayWarnings } from "#local/websocket/stack-problems.ts";
import { echoTerraform } from "../support/echo-terraform.ts";
import { TestDirectory } from "../support/running-lambda.ts";
import { type Editable, where } from "./edited-fixture.ts";

const api = "${aws_apigatewayv2_api.chat.id}";
const place = 'aws_apigatewayv2_api.chat, stage "dev":';
const without = (routes: string): string =>
  `its deployment does not wait for ${routes}: on AWS it may be made without, and a message for it is Forbidden; name what is deployed in depends_on or triggers`;
const noTriggers = "its deployment has no triggers, so on AWS a changed route does not go live";

describe("a deployment", () => {
  const directory = new TestDirectory();
  let files = 0;
  after(() => directory.remove());

  async function warningsOf(deployment: object, stage: object = {}): Promise<string[]> {
    const target = "integrations/${aws_apigatewayv2_integration.echo.id}";
    const routes = Object.fromEntries(["a", "b"].map((key) => [key, { api_id: api, route_key: key, target }]));
    const resources = {
      aws_apigatewayv2_route: routes,
      aws_apigatewayv2_route_response: {},
      aws_apigatewayv2_deployment: { chat: { api_id: api, ...deployment } },
      aws_apigatewayv2_stage: {
        dev: { api_id: api, name: "dev", deployment_id: "${aws_apigatewayv2_deployment.chat.id}", ...stage },
      },
    };
    const terraform = { ...echoTerraform({ code: "echo", resources }), locals: { routes: "x" } };
    const path = directory.write(`file ${files++}`, { "cdk.tf.json": JSON.stringify(terraform) });
    directory.write(`file ${files - 1}/echo`, { "index.mjs": "export const handler = () => {};" });
    return gatewayWarnings(await readStack(join(path, "cdk.tf.json"), where));
  }

  it("without a route in depends_on or triggers is warned of", async () => {
    expect(await warningsOf({})).to.deep.equal([
      `${place} ${without("aws_apigatewayv2_route.a, aws_apigatewayv2_route.b")}`,
    ]);
    const triggers = { routes: "${sha1(jsonencode([aws_apigatewayv2_route.a]))}" };
    expect(await warningsOf({ triggers })).to.deep.equal([`${place} ${without("aws_apigatewayv2_route.b")}`]);
    expect(await warningsOf({ triggers, depends_on: ["aws_apigatewayv2_route.b"] })).to.deep.equal([]);
  });

  it("without triggers is warned of", async () => {
    const depends_on = ["aws_apigatewayv2_route.a", "aws_apigatewayv2_route.b"];
    expect(await warningsOf({ depends_on })).to.deep.equal([`${place} ${noTriggers}`]);
  });

  it("is not judged where it goes through a local, nor where the stage deploys by itself", async () => {
    expect(await warningsOf({ triggers: { routes: "${sha1(local.routes)}" } })).to.deep.equal([]);
    expect(await warningsOf({}, { deployment_id: undefined, auto_deploy: true })).to.deep.equal([]);
  });

  describe("of a plan or state", () => {
    const platform = join(import.meta.dirname, "../../fixtures/terraform/platform");

    /** With the deployment's block edited: in the configuration of a plan, or each instance of a state. */
    async function shown(form: "plan.json" | "state.json", edit: (deployment: Editable) => void): Promise<string[]> {
      const json = JSON.parse(readFileSync(join(platform, form), "utf8"));
      const visit = (value: unknown): void => {
        if (typeof value !== "object" || value === null) return;
        const { type, depends_on } = value as { type?: unknown; depends_on?: unknown };
        if (type === "aws_apigatewayv2_deployment" && depends_on !== undefined) edit(value as Editable);
        Object.values(value).forEach(visit);
      };
      visit(json);
      const build = Object.fromEntries(
        ["chat.zip", "games.zip"].map((name) => [name, readFileSync(join(platform, "build", name))]),
      );
      directory.write("shown/build", build);
      for (const module of ["", "modules/api", "modules/backend", "modules/function"])
        directory.write(join("shown", module), { "main.tf": readFileSync(join(platform, module, "main.tf")) });
      const target = directory.write("shown", { [form]: JSON.stringify(json) });
      return gatewayWarnings(await readStack(join(target, form), where));
    }

    const missing =
      /stage "dev": its deployment does not wait for module\.backend\["chat"\]\.module\.api\.aws_apigatewayv2_route\.this\["\$connect"\], /;

    it("is judged by the plan's configuration", async () => {
      expect(await shown("plan.json", () => {})).to.deep.equal([]);
      const warnings = await shown("plan.json", (deployment) => {
        deployment.depends_on = [] as unknown as Editable;
        delete deployment.expressions?.triggers;
      });
      expect(warnings).to.have.length(4);
      expect(warnings[0]).to.match(missing);
    });

    it("is judged by the state's dependencies", async () => {
      expect(await shown("state.json", () => {})).to.deep.equal([]);
      const warnings = await shown("state.json", (deployment) => {
        deployment.depends_on = ["module.backend.module.api.aws_apigatewayv2_api.this"] as unknown as Editable;
      });
      expect(warnings[0]).to.match(missing);
    });
  });
});
