import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify, stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { strToU8, zipSync } from "fflate";
import { faultKinds } from "#local/chaos/chaos.ts";
import { type LocalStack, startLocal } from "#local/start-local.ts";
import { echoTerraform } from "./support/echo-terraform.ts";
import { MovedClock } from "./support/moved-clock.ts";
import { TestDirectory } from "./support/running-lambda.ts";
import { signHeaders } from "./support/sign-request.ts";
import { connectClient, refusedHandshake } from "./support/test-client.ts";

const handler = `export const handler = async (event) => {
  console.log("saw %s", event.requestContext.routeKey);
  return { statusCode: 200, body: event.body };
};`;

describe("local stack", () => {
  const directory = new TestDirectory();
  let local: LocalStack | undefined;
  const write = (name: string, content: object = echoTerraform()): string => {
    const zip = zipSync({ "index.mjs": strToU8(handler) });
    return join(directory.write(name, { "cdk.tf.json": JSON.stringify(content), "echo.zip": zip }), "cdk.tf.json");
  };
  const failure = (work: Promise<unknown>): Promise<Error & { problems?: readonly string[] }> =>
    work.then(
      () => expect.fail("it should have failed"),
      (error) => error,
    );
  afterEach(async () => {
    await local?.close();
    local = undefined;
  });
  after(() => directory.remove());

  it("serves a Terraform file on one port", async () => {
    local = await startLocal({ terraform: write("served"), port: 0 });
    const [url = ""] = local.urls;
    expect(url).to.match(/^ws:\/\/127\.0\.0\.1:\d+\/dev$/);
    expect(local.managementUrls).to.deep.equal([url.replace("ws:", "http:")]);
    const client = await connectClient(url);
    client.send({ action: "echo" });
    expect(await client.next()).to.equal('{"action":"echo"}');
    expect((await refusedHandshake(url.replace("/dev", "/prod"))).status).to.equal(403);
  });

  it("prints what functions log, and nothing of it when that is not wanted", async () => {
    for (const logs of [true, false]) {
      const lines: string[] = [];
      local = await startLocal({ terraform: write("printed"), port: 0, print: (line) => lines.push(line), logs });
      const client = await connectClient(local.urls[0] ?? "");
      client.send({ action: "echo" });
      await client.next();
      await local.close();
      const plain = lines.map((line) => stripVTControlCharacters(line).replace(/^[\d:.]+/, "<time>"));
      expect(plain).to.deep.equal(logs ? ["<time> echo INFO saw echo"] : []);
    }
  });

  it("says loudly that IAM is off, and which chaos there is", async () => {
    const lines: string[] = [];
    local = await startLocal({
      terraform: write("loud"),
      port: 0,
      print: (line) => lines.push(stripVTControlCharacters(line)),
      iam: false,
      chaos: { faults: [{ kind: "lambda-throttle", share: 0.07 }], seed: 5 },
    });
    expect(lines).to.deep.equal([
      "IAM IS OFF: no signature is verified and no policy evaluated. On AWS this stack may be refused what it does here.",
      "chaos: lambda-throttle@7% (seed 5)",
    ]);
  });

  it("ages connections by a clock that is moved", async () => {
    const clock = new MovedClock();
    local = await startLocal({ terraform: write("aged"), port: 0, clock });
    const client = await connectClient(local.urls[0] ?? "");
    clock.move(10 * 60_000);
    expect(await client.closed).to.deep.equal({ code: 1001, reason: "Going away" });
  });

  it("lets functions invoke each other through the AWS SDK's own setting, as far as their roles allow", async () => {
    const source = `export const handler = async (event) => {
      if (!event.requestContext) return "invoked";
      return { statusCode: 200, body: process.env.AWS_ENDPOINT_URL_LAMBDA };
    };`;
    const zip = zipSync({ "index.mjs": strToU8(source) });
    const path = directory.write("invoking", { "cdk.tf.json": JSON.stringify(echoTerraform()), "echo.zip": zip });
    local = await startLocal({ terraform: join(path, "cdk.tf.json"), port: 0 });
    const client = await connectClient(local.urls[0] ?? "");
    client.send({ action: "echo" });
    expect(await client.next()).to.equal(local.lambdaUrl);
    const url = `${local.lambdaUrl}/2015-03-31/functions/echo/invocations`;
    const toSign = { method: "POST", url, service: "lambda" };
    const headers = signHeaders({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: "x" }, toSign);
    expect(await (await fetch(url, { method: "POST", headers })).text()).to.equal('"invoked"');
  });

  it("refuses what it does not serve, all problems at once, and leaves the port free", async () => {
    const file = write(
      "refused",
      echoTerraform({ function: { runtime: "python3.13" }, expression: "$request.header.x" }),
    );
    const { port } = await freePort();
    const error = await failure(startLocal({ terraform: file, port }));
    expect(error.problems).to.have.length(2);
    expect(error.message).to.include("aws_lambda_function.echo").and.to.include("$request.header.x");
    local = await startLocal({ terraform: write("served"), port });
  });

  it("says in one line which port is taken and how to choose another", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const error = await failure(startLocal({ terraform: write("served"), port }));
    expect(error.message).to.equal(
      `Port ${port} on 127.0.0.1 is in use by another program: choose another with --port (0 takes any free one).`,
    );
    server.close();
  });

  it("says which host is no address of this machine", async () => {
    // TEST-NET-1: documentation's own, and nobody's
    const error = await failure(startLocal({ terraform: write("served"), port: 0, host: "192.0.2.1" }));
    expect(error.message).to.match(/^--host 192\.0\.2\.1 is no address of this machine: 127\.0\.0\.1 is /);
  });

  it("says first what is wrong with the file, when the port is taken too", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const error = await failure(startLocal({ terraform: join(directory.path, "nope.tf.json"), port }));
    expect(error.message).to.include("nope.tf.json").and.to.include("there is no such file");
    server.close();
  });

  it("says that a data directory is a file, or under one", async () => {
    const file = write("data");
    for (const dataDir of [file, join(file, "deeper")]) {
      const error = await failure(startLocal({ terraform: file, port: 0, dataDir }));
      expect(error.message).to.equal(
        `The data directory ${dataDir} cannot be made: it, or a part of its path, is a file. Choose another directory.`,
      );
    }
  });

  describe("from the command line", function () {
    this.timeout(30_000);
    const script = join(import.meta.dirname, "../../scripts/local.ts");
    const run = promisify(execFile);
    const runFailing = async (...args: string[]): Promise<{ code: number; stderr: string }> => {
      const error = await failure(run(process.execPath, ["--import", "tsx", script, ...args]));
      return error as unknown as { code: number; stderr: string };
    };

    it("is ready with the stage's URL, and ends with 0 on Ctrl-C", async () => {
      const args = ["--import", "tsx", script, "--terraform", write("cli"), "--port", "0"];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      const [ready] = await once(createInterface(child.stdout), "line");
      expect(ready).to.match(/^ready ws:\/\/127\.0\.0\.1:\d+\/dev$/);
      const client = await connectClient(ready.slice("ready ".length));
      child.kill("SIGINT");
      expect(await client.closed).to.deep.equal({ code: 1001, reason: "Going away" });
      expect(await once(child, "exit")).to.deep.equal([0, null]);
    });

    it("names the addresses of custom domains too", async () => {
      const mapping = { api_id: "${aws_apigatewayv2_api.chat.id}", domain_name: "ws.example.com", stage: "dev" };
      const one = { ...mapping, api_mapping_key: "v1" };
      const file = write("cli domain", echoTerraform({ resources: { aws_apigatewayv2_api_mapping: { one } } }));
      const args = ["--import", "tsx", script, "--terraform", file, "--port", "0"];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      const lines: string[] = [];
      for await (const line of createInterface(child.stdout)) {
        lines.push(line);
        if (lines.length === 2) child.kill("SIGINT");
      }
      const [, port] = /:(\d+)\/dev$/.exec(lines[0] ?? "") ?? [];
      expect(lines).to.deep.equal([
        `ready ws://127.0.0.1:${port}/dev`,
        `ready ws://ws.example.com.localhost:${port}/v1`,
      ]);
    });

    it("ends with 1 and every problem for a file that cannot be served", async () => {
      const file = write(
        "cli refused",
        echoTerraform({ function: { runtime: "python3.13" }, expression: "$request.header.x" }),
      );
      const { code, stderr } = await runFailing("--terraform", file, "--port", "0");
      expect(code).to.equal(1);
      expect(stderr).to.include("python3.13").and.to.include("$request.header.x").and.not.to.include("    at ");
    });

    it("ends with 2 and the usage when it is called wrongly", async () => {
      for (const args of [
        [],
        ["--nope"],
        ["--terraform", "x", "--port", "99999"],
        ["--terraform", "x", "--chaos", "disconnect-drop@often"],
        ["--terraform", "x", "--chaos-seed", "-1"],
      ]) {
        const { code, stderr } = await runFailing(...args);
        expect(code).to.equal(2);
        expect(stderr).to.include("Usage: npm run local");
      }
    });

    it("explains itself with --help", async () => {
      const { stdout } = await run(process.execPath, ["--import", "tsx", script, "--help"]);
      expect(stdout).to.include("--terraform FILE");
      for (const kind of faultKinds) expect(stdout).to.include(kind);
    });
  });
});

async function freePort(): Promise<AddressInfo> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return address;
}
