// scripts/deploy.sh where OpenTofu is installed and Terraform is not. A stand-in does what is said here, so nothing is needed but bash.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
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

  function start(args: readonly string[], env: NodeJS.ProcessEnv, name = "deploy"): ChildProcess {
    const { TERRAFORM: _, ...inherited } = process.env;
    return spawn("bash", [path.join("scripts", `${name}.sh`), stage, "--outdir", outdir, ...args], {
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
  const steps = () => called().map(({ args, cwd }) => `${path.basename(cwd)} ${args[0]}`);
  const plans = () => readdirSync(outdir, { recursive: true }).filter((file) => String(file).endsWith(".tfplan"));

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
    expect(stderr).to.include("apply was interrupted.\nWhat it says was created, changed or destroyed is so");
    expect(stderr).to.match(/it goes on from there: scripts\/deploy\.sh .+ --yes$/m);
    expect(status).to.equal(1);
    expect(plans()).to.deep.equal([]);
  });

  for (const step of ["init", "plan", "show"])
    for (const [name, ...confirmed] of [
      ["deploy", "--yes"],
      ["destroy", "--confirm", "dev"],
    ])
      it(`changes nothing after Ctrl-C while ${name} is at ${step}, though that ends well`, async () => {
        const { status, stderr } = await ended(
          start(confirmed, { FAKE_INTERRUPTED: `websocket-api-dev ${step}` }, name),
        );
        expect(stderr).to.include("Interrupted: waiting for what has begun to end.\n");
        expect(stderr).to.include("Interrupted.\nNothing was changed in AWS.\n");
        expect(status).to.equal(3);
        expect(steps().at(-1)).to.equal(`websocket-api-dev ${step}`);
        expect(plans()).to.deep.equal([]);
      });

  it("changes nothing after Ctrl-C between two of Terraform's commands", async () => {
    const atVersion = await deploy(["--yes"], { FAKE_INTERRUPTED: `${path.basename(root)} version` });
    expect([atVersion.status, called().length]).to.deep.equal([3, 1]);

    for (const [said, last] of [
      ["tools ", "version"],
      ["build ", "version"],
      ["synth ", "init"],
    ] as const) {
      const child = start(["--yes"], {});
      child.stdout?.on("data", (data) => {
        if (String(data).includes(said)) process.kill(-(child.pid ?? 0), "SIGINT");
      });
      const { status, stderr } = await ended(child);
      expect(stderr, said).to.include("Interrupted.\nNothing was changed in AWS.\n");
      expect(status).to.equal(3);
      expect(called().at(-1)?.args[0]).to.be.oneOf(["version", last]);
    }
  });

  it("says what an earlier stack has become when it is interrupted at the next", async () => {
    const { status, stderr } = await deploy(["--yes", "--with-account"], {
      FAKE_INTERRUPTED: "websocket-api-dev show",
    });
    expect(stderr).to.include(
      "Interrupted.\nwebsocket-api-account: as it should be. websocket-api-dev: Nothing was changed in AWS.\n",
    );
    expect(status).to.equal(3);
    expect(steps().filter((step) => step.endsWith("apply"))).to.deep.equal(["websocket-api-account apply"]);
    expect(plans()).to.deep.equal([]);
  });

  it("begins nothing after an apply that was interrupted at its end: no smoke test, no next stack", async () => {
    const { status, stderr } = await deploy(["--yes", "--with-account"], {
      FAKE_INTERRUPTED: "websocket-api-account apply",
      FAKE_OUTPUTS: JSON.stringify({ webSocketUrl: { value: "ws://127.0.0.1:1/dev" } }),
    });
    expect(stderr).to.match(
      /Interrupted\.\nEverything in websocket-api-account was deployed\.\nTo do the rest: scripts/,
    );
    expect(status).to.equal(1);
    expect(steps().at(-1)).to.equal("websocket-api-account apply");
  });

  it("stops the smoke test by Ctrl-C, and says that all was deployed", async () => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const child = start(["--yes"], {
      FAKE_OUTPUTS: JSON.stringify({ webSocketUrl: { value: `ws://127.0.0.1:${port}/dev` } }),
    });
    silent.once("connection", () => process.kill(-(child.pid ?? 0), "SIGINT"));
    const { status, stderr } = await ended(child);
    silent.close();
    expect(stderr).to.include(
      "Interrupted.\nEverything in websocket-api-dev was deployed, and serves.\nTo try it out: ",
    );
    expect(status).to.equal(1);
  });

  it("applies nothing that nobody can read of", async () => {
    const child = start(["--yes"], {});
    child.stdout?.destroy();
    const [status] = await once(child, "close");
    expect(status).to.equal(3);
    expect(steps().filter((step) => step.endsWith("apply"))).to.deep.equal([]);
  });
});
