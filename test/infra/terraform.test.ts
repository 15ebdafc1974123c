// Whether terraform takes what we synthesize. Needs terraform, a mirror of the AWS provider and, to apply, python3 with moto;
// skipped with the reason where they are missing.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { StageFolder } from "../stages/stage-folder.ts";
import { Bundles, temporaryFolder } from "./synthesized.ts";
import { AwsSimulation } from "./terraform/aws-simulation.ts";
import { missingMoto } from "./terraform/moto.ts";
import { findTerraform, type Installed, Terraform } from "./terraform/terraform.ts";

const STAGES = fileURLToPath(new URL("../../stages", import.meta.url));
const NOWHERE = "http://127.0.0.1:1";

function synthesizeFile(file: string): SynthesizedStack {
  const bundles = new Bundles();
  const tables = { connections: ["GetItem", "PutItem"], "memberships/connectionId-index": ["Query"] };
  bundles.permit("message", { tables, manageConnections: ["POST"] });
  const [stack] = synthesize({ stageFiles: [file], outdir: temporaryFolder(), ...bundles });
  return stack as SynthesizedStack;
}

function skipUnless(context: Mocha.Context, found: Installed | string, moto?: string): asserts found is Installed {
  const reason = typeof found === "string" ? found : moto;
  if (reason === undefined) return;
  console.log(`      skipped: ${reason}`);
  context.skip();
}

/** stages/dev.json and a route more, with these changes. */
function devWithRoute(change: object = {}): SynthesizedStack {
  const folder = new StageFolder();
  const dev = path.relative(folder.path, path.join(STAGES, "dev.json")).replaceAll(path.sep, "/");
  folder.write("base.json", { extends: dev, routes: { typing: { function: "message" } } });
  return synthesizeFile(folder.stage(change));
}

async function succeed(terraform: Terraform, ...args: string[]): Promise<string> {
  const { status, output } = await terraform.run(...args);
  expect(status, output).to.equal(0);
  return output;
}

describe("terraform", () => {
  const installed = findTerraform();

  for (const stage of ["dev", "staging", "prod"]) {
    it(`finds ${stage} valid`, async function () {
      this.timeout(60_000).slow(20_000);
      skipUnless(this, installed);
      const terraform = new Terraform(temporaryFolder(), installed, NOWHERE);
      terraform.use(synthesizeFile(path.join(STAGES, `${stage}.json`)).directory);
      await succeed(terraform, "init", "-input=false");
      expect(await succeed(terraform, "validate")).to.include("The configuration is valid.");
    });
  }

  describe("with a simulated AWS", () => {
    let simulation: AwsSimulation | undefined;
    let terraform: Terraform;

    before(async function () {
      this.timeout(240_000);
      skipUnless(this, installed, missingMoto());
      simulation = await AwsSimulation.start();
      terraform = new Terraform(temporaryFolder(), installed, simulation.url);
      terraform.use(synthesizeFile(path.join(STAGES, "dev.json")).directory);
      await succeed(terraform, "init", "-input=false");
      expect(await succeed(terraform, "apply", "-auto-approve", "-input=false")).to.include("Apply complete!");
    });

    after(() => simulation?.stop());

    it("has nothing to change after it made dev", async function () {
      this.timeout(60_000).slow(20_000);
      const { status, output } = await terraform.run("plan", "-detailed-exitcode", "-input=false");
      expect(output).to.include("No changes.");
      expect(status).to.equal(0);
    });

    it("says where dev answers", async function () {
      this.timeout(30_000).slow(10_000);
      const outputs = JSON.parse(await succeed(terraform, "output", "-json"));
      expect(outputs.webSocketUrl.value).to.match(/^wss:\/\/.+\/dev$/);
      expect(outputs.managementUrl.value).to.equal(outputs.webSocketUrl.value.replace(/^wss/, "https"));
      expect(outputs.messagesTable.value).to.equal("websocket-api-dev-messages");
    });

    it("deploys a new route: the next deployment first, then the stage, and the old one goes last", async function () {
      this.timeout(120_000).slow(30_000);
      terraform.use(devWithRoute().directory);

      const output = await succeed(terraform, "apply", "-auto-approve", "-input=false");
      expect(output).to.include("Apply complete! Resources: 3 added, 1 changed, 1 destroyed.");
      const steps = [
        "aws_apigatewayv2_route.typing: Creation complete",
        "aws_apigatewayv2_deployment.deployment: Creation complete",
        "aws_apigatewayv2_stage.stage: Modifications complete",
        "aws_apigatewayv2_deployment.deployment (deposed object",
      ];
      const places = steps.map((step) => output.lastIndexOf(step));
      expect(places).not.to.include(-1);
      expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    });

    it("does not deploy again for a tag", async function () {
      this.timeout(60_000).slow(20_000);
      terraform.use(devWithRoute({ tags: { Owner: "chat" } }).directory);
      const output = await succeed(terraform, "plan", "-input=false");
      expect(output).to.include("aws_dynamodb_table.messages will be updated in-place");
      expect(output).not.to.include("aws_apigatewayv2_deployment.deployment must be replaced");
    });
  });
});
