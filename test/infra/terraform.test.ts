// Whether terraform takes what we synthesize. Needs terraform, a mirror of the AWS provider and, to apply, python3 with moto;
// skipped with the reason where they are missing.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { StageFolder } from "../stages/stage-folder.ts";
import { bundlesWithFanout, stageWithEverySetting } from "./every-setting.ts";
import { Bundles, temporaryFolder } from "./synthesized.ts";
import { AwsSimulation } from "./terraform/aws-simulation.ts";
import { missingMoto } from "./terraform/moto.ts";
import { skipUnless } from "./terraform/skip-unless.ts";
import { findTerraform, Terraform } from "./terraform/terraform.ts";

const STAGES = fileURLToPath(new URL("../../stages", import.meta.url));
const NOWHERE = "http://127.0.0.1:1";

function synthesizeFile(file: string): SynthesizedStack {
  const [stack] = synthesize({ stageFiles: [file], outdir: temporaryFolder(), ...Bundles.ofProject() });
  return stack as SynthesizedStack;
}

/** A stage of the project, by its own name, with these changes. */
function changed(stage: string, change: object = {}): SynthesizedStack {
  const folder = new StageFolder();
  const original = path.relative(folder.path, path.join(STAGES, `${stage}.json`)).replaceAll(path.sep, "/");
  return synthesizeFile(folder.write(`${stage}.json`, { extends: original, stage, ...change }));
}

const withRoute = { routes: { typing: { function: "message" } } };
/** In moto's account, with all that prod has, and what it could have: users of its own, and a domain with a certificate. */
const prodInMoto = {
  aws: { accountId: "123456789012" },
  auth: { issuer: null, audience: null, create: "cognito" },
  domain: { name: "ws.chat.test", hostedZoneId: "ZCHATTEST" },
};

function ofAccountAndState(): SynthesizedStack[] {
  const state = { bucket: "team-state-of-its-own", region: "us-east-1" };
  const options = { stageFiles: [new StageFolder().stage({ state })], withAccount: true, withBootstrap: true };
  return synthesize({ ...options, outdir: temporaryFolder(), ...new Bundles() }).slice(1);
}

/** moto's zones have ids that no zone of AWS has. */
function inZone(id: string, stack: SynthesizedStack): SynthesizedStack {
  const text = readFileSync(stack.file, "utf8");
  writeFileSync(stack.file, text.replaceAll(prodInMoto.domain.hostedZoneId, id));
  return stack;
}

async function createZone(url: string): Promise<string> {
  const xmlns = "https://route53.amazonaws.com/doc/2013-04-01/";
  const zone = "<Name>chat.test</Name><CallerReference>1</CallerReference>";
  // moto finds the service by it
  const authorization = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/route53/aws4_request";
  const answer = await fetch(`${url}/2013-04-01/hostedzone`, {
    method: "POST",
    headers: { authorization },
    body: `<CreateHostedZoneRequest xmlns="${xmlns}">${zone}</CreateHostedZoneRequest>`,
  });
  const [, id] = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(await answer.text()) ?? [];
  if (id === undefined) throw new Error(`no zone was made: ${answer.status}`);
  return id;
}

/** Where the state's bucket is, when it is not on AWS. */
function simulatedBackend(url: string): string[] {
  const settings = {
    endpoints: `{s3="${url}"}`,
    access_key: "test",
    secret_key: "test",
    use_path_style: "true",
    skip_credentials_validation: "true",
    skip_metadata_api_check: "true",
    skip_requesting_account_id: "true",
  };
  return Object.entries(settings).map(([name, value]) => `-backend-config=${name}=${value}`);
}

async function succeed(terraform: Terraform, ...args: string[]): Promise<string> {
  const { status, output } = await terraform.run(...args);
  expect(status, output).to.equal(0);
  return output;
}

describe("terraform", () => {
  const installed = findTerraform();

  async function validate({ directory }: SynthesizedStack): Promise<void> {
    if (typeof installed === "string") return;
    const terraform = new Terraform(temporaryFolder(), installed, NOWHERE);
    terraform.use(directory);
    await succeed(terraform, "init", "-input=false");
    expect(await succeed(terraform, "validate")).to.include("The configuration is valid.");
  }

  for (const stage of ["dev", "staging", "prod"]) {
    it(`finds ${stage} valid`, async function () {
      this.timeout(60_000).slow(20_000);
      skipUnless(this, installed);
      await validate(synthesizeFile(path.join(STAGES, `${stage}.json`)));
    });
  }

  it("finds a stage with every setting valid, and the stacks of its account and its state", async function () {
    this.timeout(120_000).slow(30_000);
    skipUnless(this, installed);
    const options = { stageFiles: [stageWithEverySetting()], withAccount: true, withBootstrap: true };
    const stacks = synthesize({ ...options, outdir: temporaryFolder(), ...bundlesWithFanout() });
    for (const stack of stacks) await validate(stack);
  });

  it("finds a stage with a page and a user pool of its own valid: nothing waits for itself", async function () {
    this.timeout(60_000).slow(20_000);
    skipUnless(this, installed);
    await validate(
      changed("staging", { auth: { mode: "jwt", create: "cognito" }, functions: { authorize: {} }, web: {} }),
    );
  });

  describe("with a simulated AWS", () => {
    let simulation: AwsSimulation | undefined;
    let dev: Terraform;
    let prod: Terraform;
    let shared: Terraform[];

    before(async function () {
      this.timeout(300_000);
      skipUnless(this, installed, missingMoto());
      simulation = await AwsSimulation.start();
      const { url } = simulation;
      const apply = async (stack: SynthesizedStack): Promise<Terraform> => {
        const terraform = new Terraform(temporaryFolder(), installed, url);
        terraform.use(stack.directory);
        await succeed(terraform, "init", "-input=false");
        expect(await succeed(terraform, "apply", "-auto-approve", "-input=false")).to.include("Apply complete!");
        return terraform;
      };
      const zone = await createZone(url);
      [dev, prod, ...shared] = (await Promise.all(
        [changed("dev"), inZone(zone, changed("prod", prodInMoto)), ...ofAccountAndState()].map(apply),
      )) as [Terraform, Terraform, ...Terraform[]];
    });

    after(() => simulation?.stop());

    it("leaves a state alone that someone else has locked, and goes on when it is free", async function () {
      this.timeout(120_000).slow(30_000);
      skipUnless(this, installed);
      const url = simulation?.url ?? NOWHERE;
      const bucket = `${url}/team-state`;
      const lock = `${bucket}/websocket-api-dev.tfstate.tflock`;
      await fetch(bucket, { method: "PUT" });
      const holder = {
        ID: "4f1e",
        Operation: "OperationTypeApply",
        Who: "ann@laptop",
        Created: new Date().toISOString(),
      };
      await fetch(lock, { method: "PUT", body: JSON.stringify(holder) });

      const team = new Terraform(temporaryFolder(), installed, url);
      const state = { bucket: "team-state", region: "us-east-1" };
      team.use(changed("dev", { state }).directory, { keepBackend: true });
      await succeed(team, "init", "-input=false", ...simulatedBackend(url));
      const { status, output } = await team.run("plan", "-input=false");
      expect(status).to.equal(1);
      expect(output).to.include("Error acquiring the state lock").and.include("ann@laptop");

      await succeed(team, "force-unlock", "-force", holder.ID);
      expect(await succeed(team, "plan", "-input=false")).to.match(/Plan: \d+ to add, 0 to change, 0 to destroy/);
    });

    it("has nothing to change after it made dev", async function () {
      this.timeout(60_000).slow(20_000);
      const { status, output } = await dev.run("plan", "-detailed-exitcode", "-input=false");
      expect(output).to.include("No changes.");
      expect(status).to.equal(0);
    });

    it("has nothing to change after it made prod, with its key, its users, its domain, its page and all that watches over it", async function () {
      this.timeout(60_000).slow(20_000);
      const { status, output } = await prod.run("plan", "-detailed-exitcode", "-input=false");
      expect(output).to.include("No changes.");
      expect(status).to.equal(0);
      const kept = await succeed(prod, "state", "list");
      for (const address of [
        "aws_acm_certificate_validation.domain_proven",
        "aws_apigatewayv2_api_mapping.domain_mapping",
        "aws_budgets_budget.budget",
        "aws_cloudfront_distribution.web_distribution",
        "aws_cloudfront_response_headers_policy.web_distribution_headers",
        "aws_cloudwatch_metric_alarm.alarms_gone-rate",
        "aws_cloudwatch_query_definition.queries_one-message",
        "aws_cognito_user_pool_client.users_client",
        "aws_kms_key.key",
        "aws_s3_object.web_config",
      ])
        expect(kept).to.include(`${address}\n`);
    });

    it("has nothing to change after it made the account's role and the state's bucket", async function () {
      this.timeout(120_000).slow(60_000);
      expect(shared).to.have.lengthOf(2);
      for (const stack of shared) expect(await succeed(stack, "plan", "-input=false")).to.include("No changes.");
    });

    it("refuses to touch another account than prod's", async function () {
      this.timeout(60_000).slow(20_000);
      skipUnless(this, installed);
      const elsewhere = new Terraform(temporaryFolder(), installed, simulation?.url ?? NOWHERE);
      elsewhere.use(changed("prod", { ...prodInMoto, aws: { accountId: "999999999999" } }).directory);
      await succeed(elsewhere, "init", "-input=false");
      const { status, output } = await elsewhere.run("plan", "-input=false");
      expect(status).to.equal(1);
      expect(output).to.include("AWS account ID not allowed: 123456789012");
    });

    it("says where dev answers", async function () {
      this.timeout(30_000).slow(10_000);
      const outputs = JSON.parse(await succeed(dev, "output", "-json"));
      expect(outputs.webSocketUrl.value).to.match(/^wss:\/\/.+\/dev$/);
      expect(outputs.managementUrl.value).to.equal(outputs.webSocketUrl.value.replace(/^wss/, "https"));
      expect(outputs.messagesTable.value).to.equal("websocket-api-dev-messages");
    });

    it("deploys a new route: the next deployment first, then the stage, and the old one goes last", async function () {
      this.timeout(120_000).slow(30_000);
      dev.use(changed("dev", { ...withRoute, dashboard: false }).directory);

      const output = await succeed(dev, "apply", "-auto-approve", "-input=false");
      // The route, its permission and the deployment are new; the old deployment and the dashboard that listed the routes are gone.
      expect(output).to.include("Apply complete! Resources: 3 added, 1 changed, 2 destroyed.");
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
      dev.use(changed("dev", { ...withRoute, dashboard: false, tags: { Owner: "chat" } }).directory);
      const output = await succeed(dev, "plan", "-input=false");
      expect(output).to.include("aws_dynamodb_table.messages will be updated in-place");
      expect(output).not.to.include("aws_apigatewayv2_deployment.deployment must be replaced");
    });
  });
});
