// scripts/deploy.sh and destroy.sh as people run them: what they refuse, and, with terraform and moto, what they do.
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { root } from "#scripts/root.ts";
import { temporaryFolder } from "../infra/synthesized.ts";
import { AwsSimulation } from "../infra/terraform/aws-simulation.ts";
import { missingMoto } from "../infra/terraform/moto.ts";
import { skipUnless } from "../infra/terraform/skip-unless.ts";
import { findTerraform, fromMirror, type Installed, simulated } from "../infra/terraform/terraform.ts";

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Shell = "bash" | "pwsh";

/** Either script does the same; where only one shell is, its script is the one that is tried. */
const SHELLS = (["bash", "pwsh"] as const).filter((shell) => spawnSync(shell, ["--version"]).status === 0);

function script(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  shell: Shell = SHELLS[0] ?? "bash",
): Promise<Outcome> {
  const options = { cwd: root, env: { ...process.env, NO_COLOR: "1", ...env }, maxBuffer: 2 ** 26 };
  const file = path.join("scripts", `${name}.${shell === "bash" ? "sh" : "ps1"}`);
  return new Promise((resolve, reject) => {
    const child = execFile(shell, [file, ...args], options, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === "number") resolve({ status, stdout, stderr });
      else reject(error);
    });
    child.stdin?.end();
  });
}

/** stages/dev.json, as dev.json of a folder of its own. */
function devFile(change: object = {}): string {
  const folder = temporaryFolder();
  const original = path.relative(folder, path.join(root, "stages", "dev.json")).replaceAll(path.sep, "/");
  const file = path.join(folder, "dev.json");
  writeFileSync(file, JSON.stringify({ extends: original, stage: "dev", ...change }));
  return file;
}

describe("the deploy scripts", () => {
  before(function () {
    if (SHELLS.length > 0) return;
    console.log("    skipped: there is neither bash nor PowerShell");
    this.skip();
  });

  for (const shell of SHELLS) {
    it(`explain themselves to ${shell}`, async () => {
      for (const name of ["deploy", "destroy"]) {
        const { status, stdout } = await script(name, ["--help"], {}, shell);
        expect([status, stdout.split("\n")[0]]).to.deep.equal([
          0,
          `Usage: scripts/${name}.sh <stage> [option …]      (PowerShell: scripts/${name}.ps1 <stage> [option …])`,
        ]);
      }
    });

    it(`end with 2 in ${shell} for a command they do not know`, async () => {
      for (const args of [[], ["dev", "prod"], ["dev", "--force"]])
        for (const name of ["deploy", "destroy"]) {
          const { status, stderr } = await script(name, args, {}, shell);
          expect(status, stderr).to.equal(2);
          expect(stderr).to.include(`Usage: scripts/${name}.sh`);
        }
    });

    it(`say in ${shell} what to install where there is neither terraform nor tofu`, async () => {
      const { status, stderr } = await script("deploy", ["dev"], { TERRAFORM: "no-such-program" }, shell);
      expect(status).to.equal(1);
      expect(stderr).to.include("no-such-program cannot be run.\nNothing was changed in AWS.\n");
      expect(stderr).to.include("Install Terraform (https://").and.include("or OpenTofu (https://");
    });
  }

  it("are clean by shellcheck", function () {
    if (spawnSync("shellcheck", ["--version"]).status !== 0) {
      console.log("      skipped: shellcheck is not installed");
      this.skip();
    }
    const scripts = readdirSync(path.join(root, "scripts")).filter((name) => name.endsWith(".sh"));
    expect(scripts).to.include.members(["deploy.sh", "destroy.sh"]);
    const { status, stdout } = spawnSync("shellcheck", scripts, {
      cwd: path.join(root, "scripts"),
      encoding: "utf8",
    });
    expect(status, stdout).to.equal(0);
  });

  describe("with terraform", () => {
    const found = findTerraform();
    const outdir = path.join(temporaryFolder(), "cdktf.out");
    const stackFolder = path.join(outdir, "stacks", "websocket-api-dev");
    let simulation: AwsSimulation | undefined;
    let env: NodeJS.ProcessEnv;

    /** Overrides beside cdk.tf.json, as Terraform merges them: the simulated AWS, and the provider there is. */
    function redirect(stage: string, to: Installed, url: string): void {
      mkdirSync(stackFolder, { recursive: true });
      const older = to.providerVersion.startsWith("5.");
      const names = Object.keys(loadStage(stage).functions);
      const runtimes = Object.fromEntries(names.map((name) => [name, { runtime: "nodejs22.x" }]));
      const override = {
        terraform: { required_providers: { aws: { source: "hashicorp/aws", version: to.providerVersion } } },
        provider: { aws: [simulated(url)] },
        ...(older ? { resource: { aws_lambda_function: runtimes } } : {}),
      };
      writeFileSync(path.join(stackFolder, "override.tf.json"), JSON.stringify(override));
      const config = path.join(temporaryFolder(), "terraformrc");
      writeFileSync(config, fromMirror(to));
      env = { TF_CLI_CONFIG_FILE: config };
    }

    before(async function () {
      this.timeout(60_000);
      skipUnless(this, found, missingMoto());
      simulation = await AwsSimulation.start();
      redirect(file, found, simulation.url);
    });

    after(() => simulation?.stop());

    const file = devFile();
    const deploy = (...args: string[]) => script("deploy", [file, "--outdir", outdir, ...args], env);

    it("do not deploy a stage with example values", async function () {
      this.timeout(60_000);
      const { status, stderr } = await script("deploy", ["prod", "--outdir", outdir]);
      expect(status).to.equal(1);
      expect(stderr).to.match(/^prod still has example values: \/aws\/accountId, .+\.\nNothing was changed in AWS\.\n/);
    });

    it("show the plan, and ask: without a terminal and --yes they change nothing", async function () {
      this.timeout(120_000).slow(30_000);
      const { status, stdout, stderr } = await deploy();
      expect(stdout).to.match(/plan +websocket-api-dev: \d+ to create, 0 to update, 0 to replace, 0 to delete/);
      expect(stdout).to.include("create  3 aws_dynamodb_table");
      expect(stderr).to.include("There is nobody to ask: this is no terminal.\nNothing was changed in AWS.\n");
      expect(status).to.equal(1);
    });

    it("say what is done and how to go on when AWS refuses something halfway", async function () {
      this.timeout(240_000).slow(90_000);
      simulation?.refuseOnce(/^\/v2\/apis\/[^/]+\/deployments$/);
      const { status, stdout, stderr } = await deploy("--yes", "--no-smoke");
      expect(status).to.equal(1);
      expect(stdout).to.include("not today");
      const [what, changed, next] = stderr.split("\n");
      expect(what).to.match(/stacks.websocket-api-dev apply failed\.$/);
      expect(changed).to.include("was created, changed or destroyed is so, and the state knows it");
      expect(next).to.match(/it goes on from there: scripts\/deploy\.\w+ .+dev\.json/);
    });

    it("go on from there, deploy, and tell where", async function () {
      this.timeout(240_000).slow(90_000);
      const { status, stdout, stderr } = await deploy("--yes", "--no-smoke");
      expect(status, stderr).to.equal(0);
      const [, left] =
        /^plan +websocket-api-dev: (\d+) to create, 0 to update, 0 to replace, 0 to delete$/m.exec(stdout) ?? [];
      expect(Number(left)).to.be.within(2, 20);
      expect(stdout).to.include(`Apply complete! Resources: ${left} added, 0 changed, 0 destroyed.`);
      expect(stdout).to.match(/^ {2}webSocketUrl +wss:\/\/.+\/dev$/m);
      expect(existsSync(path.join(stackFolder, "deploy.tfplan"))).to.equal(false);
    });

    it("change nothing when they are run again; a stage that does not answer is said to be there", async function () {
      this.timeout(120_000).slow(30_000);
      const { status, stdout, stderr } = await deploy("--yes");
      expect(stdout).to.include("websocket-api-dev: nothing to change");
      expect(stderr).to.match(/^The smoke test of wss:\/\/.+ failed: no connection: /);
      expect(stderr).to.include("Everything in websocket-api-dev was deployed, and serves.");
      expect(status).to.equal(1);
    });

    it("do not lose a log just because of --yes", async function () {
      this.timeout(120_000).slow(30_000);
      skipUnless(this, found);
      const smaller = devFile({ routes: { $disconnect: null }, functions: { disconnect: null } });
      redirect(smaller, found, simulation?.url ?? "");
      const { status, stdout, stderr } = await script("deploy", [smaller, "--outdir", outdir, "--yes"], env);
      expect(stdout).to.include("What these keep would be lost:\n  lost    aws_cloudwatch_log_group.disconnect_logs\n");
      expect(stderr).to.include("Nothing was changed in AWS.\nIf that is meant: give --accept-loss as well");
      expect(status).to.equal(1);
      redirect(file, found, simulation?.url ?? "");
    });

    it("destroy a stage only by its name, and say what is left", async function () {
      this.timeout(240_000).slow(90_000);
      const destroy = (...args: string[]) => script("destroy", [file, "--outdir", outdir, ...args], env);
      const asked = await destroy();
      expect(asked.stdout).to.include("What these keep would be lost:\n").and.include("aws_dynamodb_table.messages");
      expect(asked.stderr).to.include("Give --confirm dev to go on without.");
      expect((await destroy("--confirm", "prod")).status).to.equal(2);

      const { status, stdout, stderr } = await destroy("--confirm", "dev");
      expect(status, stdout + stderr).to.equal(0);
      expect(stdout).to.match(/(Apply|Destroy) complete! Resources: .* destroyed/);
      expect(stdout).to.include("dev is gone. What is left, and costs nothing:\n");
    });

    it("do not begin to destroy what is protected", async function () {
      this.timeout(60_000);
      const safe = devFile({ tables: { deletionProtection: true } });
      const { status, stderr } = await script("destroy", [safe, "--outdir", outdir, "--confirm", "dev"], env);
      expect(status).to.equal(1);
      expect(stderr).to.include("The tables of dev are protected from deletion.\nNothing was changed in AWS.\n");
    });
  });
});
