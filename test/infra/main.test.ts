import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { findStages } from "#infra/stage-file/find-stages.ts";
import { synthesize } from "#infra/synthesize.ts";
import { StageFolder } from "../stages/stage-folder.ts";
import { contents } from "../support/contents.ts";
import { temporaryFolder } from "./synthesized.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

function synth(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const options = { cwd: PROJECT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", ...env } } as const;
  return spawnSync(process.execPath, ["scripts/run-synth.mjs", ...args], options);
}

describe("npm run synth", () => {
  /** These run on the project itself. */
  function skipUnlessBuilt(context: Mocha.Context): void {
    if (existsSync(path.join(PROJECT, "dist", "functions", "message", "index.mjs"))) return;
    console.log("    skipped: nothing is built (npm run build)");
    context.skip();
  }

  it("writes each stage where the cdktf command wants it, and says so", function () {
    skipUnlessBuilt(this);
    const outdir = temporaryFolder();
    const { status, stdout } = synth([], { CDKTF_OUTDIR: outdir });
    expect(status).to.equal(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.split("  ")[0])).to.deep.equal([
      "websocket-api-dev",
      "websocket-api-prod",
      "websocket-api-staging",
    ]);
    expect(lines[0]).to.match(/\d+ routes, \d+ functions$/);
    expect(existsSync(path.join(outdir, "stacks", "websocket-api-prod", "cdk.tf.json"))).to.equal(true);
  });

  it("says which stages still have example values", function () {
    skipUnlessBuilt(this);
    const { stdout } = synth(["--outdir", temporaryFolder()]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => line.includes("not to be deployed yet"))).to.deep.equal([lines[1]]);
    expect(lines[1]).to.include("/aws/accountId, /auth/issuer, /alarms/emails/0 are examples");
  });

  it("says where nothing can be written, before it writes anything", function () {
    skipUnlessBuilt(this);
    for (const outdir of [
      path.join(PROJECT, "package.json"),
      path.join(PROJECT, "package.json", "below"),
      "/proc/below",
    ]) {
      const { status, stdout, stderr } = synth(["--stage", "dev", "--outdir", outdir]);
      expect({ status, stdout }, outdir).to.deep.equal({ status: 1, stdout: "" });
      expect(stderr).to.match(/^nothing can be written to .+; choose another --outdir\n$/);
    }
  });

  it("writes the same bytes as its sources do", function () {
    skipUnlessBuilt(this);
    const [outdir, ofSources] = [temporaryFolder(), temporaryFolder()];
    expect(synth(["--outdir", outdir]).status).to.equal(0);
    synthesize({
      stageFiles: findStages(path.join(PROJECT, "stages")),
      outdir: ofSources,
      distDir: path.join(PROJECT, "dist", "functions"),
    });
    expect(contents(outdir)).to.deep.equal(contents(ofSources));
  });

  it("writes only the stages asked for", function () {
    skipUnlessBuilt(this);
    const outdir = temporaryFolder();
    const { status, stdout } = synth(["--stage", "dev", "--outdir", outdir, "--with-account"]);
    expect(status).to.equal(0);
    expect(stdout.trimEnd().split("\n")).to.have.length(2);
    expect(existsSync(path.join(outdir, "stacks", "websocket-api-prod"))).to.equal(false);
  });

  it("ends with 1 and all problems of a wrong stage file, and writes nothing", () => {
    const outdir = path.join(temporaryFolder(), "out");
    const file = new StageFolder().stage({ throttle: { burst: 0 }, logs: { level: "WARN" } });
    const { status, stderr } = synth(["--stage-file", file, "--outdir", outdir]);
    expect(status).to.equal(1);
    expect(stderr.trimEnd().split("\n")).to.have.length(2);
    expect(existsSync(outdir)).to.equal(false);
  });

  it("ends with 1 and the way out when a function is not built", () => {
    const change = { routes: { x: { function: "unbuilt" } }, functions: { unbuilt: {} } };
    const { status, stderr } = synth(["--stage-file", new StageFolder().stage(change), "--outdir", temporaryFolder()]);
    expect(status).to.equal(1);
    expect(stderr).to.include(
      `${path.join("dist", "functions", "unbuilt", "index.mjs")} is missing. Build it first: npm run build`,
    );
  });

  it("writes HCL to a folder to go on with, once, and no JSON beside it", function () {
    this.timeout(30_000);
    skipUnlessBuilt(this);
    const outdir = temporaryFolder();
    const args = ["--hcl", "--stage", "dev", "--outdir", outdir];
    const first = synth(args);
    expect(first.status, first.stderr).to.equal(0);
    expect(first.stdout).to.include(path.join("websocket-api-dev", "main.tf"));
    const folder = path.join(outdir, "stacks", "websocket-api-dev");
    expect(readdirSync(folder).sort()).to.deep.equal(["assets", "main.tf"]);
    expect(existsSync(path.join(outdir, "manifest.json"))).to.equal(false);

    const again = synth(args);
    expect(again.status).to.equal(1);
    expect(again.stderr).to.include("main.tf is there already");
    expect(synth(["--hcl"]).status).to.equal(2);
  });

  it("refuses two stacks of one name", () => {
    const files = [new StageFolder().stage(), new StageFolder().stage()].flatMap((file) => ["--stage-file", file]);
    const { status, stderr } = synth([...files, "--outdir", temporaryFolder()]);
    expect(status).to.equal(1);
    expect(stderr).to.include("two stacks would be called websocket-api-dev");
  });

  it("ends with 2 for an option it does not know", () => {
    const { status, stderr } = synth(["--stages", "dev"]);
    expect(status).to.equal(2);
    expect(stderr).to.include("Usage: npm run synth");
  });
});
