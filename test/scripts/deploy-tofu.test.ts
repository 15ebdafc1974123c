// scripts/deploy.sh where OpenTofu is installed and Terraform is not. A stand-in does what is said here, so nothing is needed but bash.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { root } from "#scripts/root.ts";
import { temporaryFolder } from "../infra/synthesized.ts";

const TOFU = path.join(import.meta.dirname, "fake-tofu.mjs");

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("the deploy script with OpenTofu", function () {
  this.timeout(60_000).slow(10_000);
  let bin: string;
  let calls: string;
  let stage: string;
  let outdir: string;

  before(function () {
    if (process.platform !== "win32" && spawnSync("bash", ["--version"]).status === 0) return;
    console.log("    skipped: there is no bash");
    this.skip();
  });

  beforeEach(() => {
    bin = temporaryFolder();
    for (const program of ["bash", "dirname", "env"]) symlinkSync(whereIs(program), path.join(bin, program));
    symlinkSync(process.execPath, path.join(bin, "node"));
    symlinkSync(TOFU, path.join(bin, "tofu"));
    calls = path.join(temporaryFolder(), "calls");
    outdir = path.join(temporaryFolder(), "cdktf.out");
    const folder = temporaryFolder();
    const original = path.relative(folder, path.join(root, "stages", "dev.json")).replaceAll(path.sep, "/");
    stage = path.join(folder, "dev.json");
    writeFileSync(stage, JSON.stringify({ extends: original, stage: "dev" }));
  });

  function whereIs(program: string): string {
    return spawnSync("bash", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
  }

  function start(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const { TERRAFORM: _, ...inherited } = process.env;
    return spawn("bash", [path.join("scripts", "deploy.sh"), stage, "--outdir", outdir, ...args], {
      cwd: root,
      env: { ...inherited, NO_COLOR: "1", PATH: bin, FAKE_CALLS: calls, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      // a group of its own, as on a terminal
      detached: true,
    });
  }

  async function ended(child: ChildProcess): Promise<Ended> {
    const texts = { stdout: "", stderr: "" };
    child.stdout?.on("data", (data) => (texts.stdout += data));
    child.stderr?.on("data", (data) => (texts.stderr += data));
    const [status] = await once(child, "close");
    return { status, ...texts };
  }

  const deploy = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => ended(start(args, env));
  const called = () =>
    readFileSync(calls, "utf8")
      .trimEnd()
      .split("\n")
      .map((line): { args: string[]; cwd: string } => JSON.parse(line));

  it("plans, applies that plan, and asks for the outputs, in the folder of the stack", async () => {
    const { status, stdout, stderr } = await deploy(["--yes"]);
    expect(status, stderr).to.equal(0);
    expect(stdout)
      .to.match(/^tools +Node.js .+, tofu 1\.10\.0$/m)
      .and.include("1 to create, 0 to update");
    const [, ...steps] = called();
    expect(steps.map(({ args }) => args[0])).to.deep.equal(["init", "plan", "show", "apply", "output"]);
    const [plan, apply] = [steps[1]?.args ?? [], steps[3]?.args ?? []];
    expect(plan.find((arg) => arg.startsWith("-out="))?.slice("-out=".length)).to.be.oneOf(apply);
    expect(new Set(steps.map(({ cwd }) => cwd))).to.deep.equal(
      new Set([path.join(outdir, "stacks", "websocket-api-dev")]),
    );
  });

  it("stops before the plan is applied when it is only to be looked at", async () => {
    expect((await deploy(["--plan"])).status).to.equal(0);
    expect(called().map(({ args }) => args[0])).to.deep.equal(["version", "init", "plan", "show"]);
  });

  it("is refused by one that cannot lock the state", async () => {
    const { status, stderr } = await deploy(["--yes"], { FAKE_VERSION: "1.9.4" });
    expect(status).to.equal(1);
    expect(stderr).to.include("tofu is version 1.9.4, which cannot lock the state in S3.\nNothing was changed in AWS.");
  });

  it("says how to make the bucket of the state where there is none yet", async () => {
    const { status, stderr } = await deploy(["--yes"], { FAKE_NO_BUCKET: "1" });
    expect(status).to.equal(1);
    expect(stderr).to.include(
      "Nothing was changed in AWS.\nMake the bucket of the state: run this again with --with-bootstrap",
    );
  });

  it("lets what has begun end when it is interrupted, and says how to go on", async () => {
    const child = start(["--yes"], { FAKE_SLOW: "1" });
    const end = ended(child);
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (data) => String(data).includes("Creating...") && resolve());
    });
    process.kill(-(child.pid ?? 0), "SIGINT");
    const { status, stdout, stderr } = await end;
    expect(stderr).to.include("Interrupted: waiting for what has begun to end.");
    expect(stdout).to.include("aws_sqs_queue.q: Creation complete");
    expect(stderr).to.include("apply failed.\nWhat it says was created, changed or destroyed is so");
    expect(status).to.equal(1);
  });
});
