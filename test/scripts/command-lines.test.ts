// What the commands say when they are called for help, or wrongly.
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { root } from "#scripts/root.ts";
import { connectClient } from "#test/local/support/test-client.ts";
import { temporaryFolder } from "../infra/synthesized.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, ...args: string[]): Promise<Ended> {
  return runWith({}, script, ...args);
}

function runWith(variables: Readonly<Record<string, string>>, script: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const command = ["--import", "tsx", path.join(root, script), ...args];
    // as whoever runs the tests may have asked for colours
    const env = { ...process.env, FORCE_COLOR: undefined, ...variables };
    execFile(process.execPath, command, { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

describe("command lines", function () {
  this.timeout(30_000);

  it("print colours on a terminal only, or where FORCE_COLOR asks for them", async () => {
    const start = "\u001b[";
    for (const script of ["scripts/start.ts", "scripts/ban.ts", "infra/main.ts", "scripts/deploy.ts"]) {
      const ci = await runWith({ CI: "true" }, script, "--nope");
      expect(ci.stderr, script).to.include("--nope").and.not.to.include(start);
      expect((await runWith({ FORCE_COLOR: "1" }, script, "--nope")).stderr, script).to.include(start);
    }
  });

  it("end quietly when whoever reads them has gone", async () => {
    const commands: [string, ...string[]][] = [
      ["scripts/stage.ts", "list"],
      ["scripts/stage.ts", "check"],
      ["scripts/build.ts"],
      ["scripts/asyncapi.ts", "--help"],
      ["scripts/ban.ts", "--help"],
      ["scripts/start.ts", "--help"],
      ["scripts/local.ts", "--help"],
      ["scripts/deploy.ts", "--help"],
      ["infra/main.ts", "--stage", "dev", "--outdir", temporaryFolder()],
      ["bench/main.ts", "--help"],
    ];
    for (const [script, ...args] of commands) {
      const child = spawn(process.execPath, ["--import", "tsx", path.join(root, script), ...args], { cwd: root });
      child.stdout.destroy();
      let stderr = "";
      child.stderr.on("data", (data) => (stderr += data));
      const [code] = await once(child, "close");
      expect({ code, stderr }, `${script} ${args.join(" ")}`).to.deep.equal({ code: 0, stderr: "" });
    }
  });

  it("of npm start: what runs is closed when whoever reads it has gone", async () => {
    const args = ["scripts/start.ts", "--port", "0", "--web-port", "0", "--data-dir", temporaryFolder()];
    const child = spawn(process.execPath, ["--import", "tsx", ...args], { cwd: root });
    let stderr = "";
    child.stderr.on("data", (data) => (stderr += data));
    const ended = once(child, "close");
    let url = "";
    for await (const line of createInterface(child.stdout)) {
      url = /^ready (ws:.+)$/.exec(line)?.[1] ?? "";
      if (url !== "") break;
    }
    child.stdout.destroy();
    // of which a function logs, and that is shown
    const client = await connectClient(url).catch(() => undefined);
    const [code] = await ended;
    client?.socket.terminate();
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
  });

  it("of npm start: a stage that there is not is answered with those there are, and the nearest", async () => {
    const { code, stdout, stderr } = await run("scripts/start.ts", "--stage", "stagign");
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(stderr).to.include('--stage is "stagign": did you mean "staging"? there are dev,');
    expect((await run("scripts/start.ts", "--stage", "base")).stderr).to.include('--stage is "base": there are dev,');
  });

  it("refuse an option with an empty value, which an unset variable leaves behind", async () => {
    const empty: [string, ...string[]][] = [
      ["scripts/start.ts", "--data-dir", ""],
      ["scripts/local.ts", "--terraform", "any.json", "--host", ""],
      ["infra/main.ts", "--outdir="],
      ["infra/main.ts", "--stage", "dev", "--stage-file", ""],
      ["scripts/deploy.ts", "dev", "--outdir", ""],
      ["bench/main.ts", "--minutes", ""],
    ];
    for (const [script, ...args] of empty) {
      const { code, stdout, stderr } = await run(script, ...args);
      expect({ code, stdout }, `${script} ${args.join(" ")}`).to.deep.equal({ code: 2, stdout: "" });
      expect(stderr).to.match(/--[a-z-]+ is empty: give it a value, or leave it out/);
    }
  });

  it("of npm start: the lifetime of tokens is refused where nobody issues any", async () => {
    const { code, stdout, stderr } = await run("scripts/start.ts", "--token-seconds", "60");
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(stderr).to.include("--token-seconds").and.to.include("say --auth jwt, too.");
  });

  it("of npm run local: another DynamoDB is named by its URL", async () => {
    const { code, stderr } = await run(
      "scripts/local.ts",
      "--terraform",
      "any.json",
      "--dynamodb-endpoint",
      "localhost",
    );
    expect(code).to.equal(2);
    expect(stderr).to.include('--dynamodb-endpoint "localhost" is no address: it should be a URL such as http://');
  });

  it("of npm run local: data that cannot be kept where it should is said, and ends it", async () => {
    const { code, stderr } = await run("scripts/local.ts", "--terraform", "any.json", "--data-dir", "/proc/xyz");
    expect(code).to.equal(1);
    expect(stderr).to.match(/The data directory \/proc\/xyz cannot be made: .+ Choose another directory\./);
  });

  it("of npm run ban: what goes wrong is said, and nothing of which Node the SDK will want", async () => {
    const unreachable = {
      AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1",
      AWS_MAX_ATTEMPTS: "1",
      AWS_ACCESS_KEY_ID: "AKIDTEST",
      AWS_SECRET_ACCESS_KEY: "test",
      // as outside of the tests
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "",
      // another warning, which is to be seen
      NODE_OPTIONS: "--import=data:text/javascript,process.emitWarning('something-else')",
    };
    const { code, stderr } = await runWith(unreachable, "scripts/ban.ts", "lift", "ann");
    expect(code).to.equal(1);
    expect(stderr).to.include("not done: the table websocket-api-dev-connections in us-east-1: ");
    expect(stderr).to.include("something-else").and.not.to.include("NodeVersionSupportWarning");
  });

  it("of npm run build: a mistake is answered with what it takes", async () => {
    const { code, stdout, stderr } = await run("scripts/build.ts", "--nope");
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(stderr).to.include("--nope").and.to.include("Bundles each Lambda");
  });

  it("of npm run asyncapi: help and mistakes write no file", async () => {
    const files = ["docs/asyncapi.yaml", "docs/protocol.md"].map((name) => path.join(root, name));
    const read = (): string[] => files.map((file) => readFileSync(file, "utf8"));
    const before = read();
    const help = await run("scripts/asyncapi.ts", "--help");
    expect(help).to.include({ code: 0, stderr: "" });
    expect(help.stdout)
      .to.match(/^Usage: npm run asyncapi\n/)
      .and.not.to.include("Wrote");
    const wrong = await run("scripts/asyncapi.ts", "--nope");
    expect(wrong).to.include({ code: 2, stdout: "" });
    expect(wrong.stderr).to.include("--nope");
    expect(read()).to.deep.equal(before);
  });

  it("say what to do where they may not write", async function () {
    const nobody = { uid: 65_534, gid: 65_534, cwd: root, env: { ...process.env, NO_COLOR: "1", HOME: tmpdir() } };
    const { status } = spawnSync(process.execPath, ["-p", "fs.readdirSync('.').length"], nobody);
    if (process.getuid?.() !== 0 || status !== 0) {
      console.log("      skipped: only root can be somebody else, who may read here and not write");
      this.skip();
    }
    const advice = 'may not be written (EACCES): become its owner, as with: sudo chown -R "$USER" .';
    for (const [script, file, ...args] of [
      ["scripts/asyncapi.ts", "docs/asyncapi.yaml"],
      ["scripts/build.ts", "dist/"],
      ["scripts/start.ts", "dist/", "--port", "0", "--web-port", "0"],
    ] as const) {
      const child = spawn(process.execPath, ["--import", "tsx", path.join(root, script), ...args], nobody);
      let stderr = "";
      child.stderr.on("data", (data) => (stderr += data));
      const [code] = await once(child, "close");
      expect(code, stderr).to.equal(1);
      expect(stderr)
        .to.include(file)
        .and.include(advice)
        .and.not.match(/\n +at /);
    }
  });

  it("of npm run bench: help names the benchmarks and runs none", async () => {
    const { code, stdout } = await run("bench/main.ts", "--help");
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^Usage: npm run bench/)
      .and.to.match(/: gateway, send, /);
    const wrong = await run("bench/main.ts", "nope");
    expect(wrong).to.include({ code: 2, stdout: "" });
    expect(wrong.stderr).to.include("There is no benchmark nope.").and.to.include("gateway");
  });
});
