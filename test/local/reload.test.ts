// A stack that changes while it runs.
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { strToU8, zipSync } from "fflate";
import { describeReload } from "#local/reload.ts";
import { type LocalOptions, type LocalStack, startLocal } from "#local/start-local.ts";
import { echoTerraform } from "./support/echo-terraform.ts";
import { TestDirectory } from "./support/running-lambda.ts";
import { connectClient, refusedHandshake, type TestClient } from "./support/test-client.ts";

const answering = (text: string): string =>
  `export const handler = async () => ({ statusCode: 200, body: ${JSON.stringify(text)} });`;

const zipOf = (text: string): Uint8Array => zipSync({ "index.mjs": strToU8(answering(text)) });

describe("reload", () => {
  const directory = new TestDirectory();
  let file: string;
  let local: LocalStack;
  let client: TestClient;
  let runs = 0;
  const start = async (options: Partial<LocalOptions> = {}): Promise<void> => {
    const code = directory.write(`run ${runs++}/echo`, { "index.mjs": answering("one") });
    file = join(dirname(code), "cdk.tf.json");
    writeTerraform();
    local = await startLocal({ terraform: file, port: 0, ...options });
    client = await connectClient(local.urls[0] ?? "");
  };
  const writeTerraform = (changes: Parameters<typeof echoTerraform>[0] = {}): void =>
    writeFileSync(file, JSON.stringify(echoTerraform({ code: "echo", ...changes })));
  const writeCode = (text: string): void => writeFileSync(join(dirname(file), "echo", "index.mjs"), answering(text));
  const answer = (action = "echo"): Promise<string> => {
    client.send({ action });
    return client.next();
  };
  afterEach(() => local.close());
  after(() => directory.remove());

  it("takes changed code, once, and the socket stays open", async () => {
    await start();
    expect(await answer()).to.equal("one");
    writeCode("two");
    expect(await answer()).to.equal("one");
    expect(await local.reload()).to.deep.equal({ functions: ["echo"], stack: false, notTaken: [] });
    expect(await answer()).to.equal("two");
    expect(await local.reload()).to.deep.equal({ functions: [], stack: false, notTaken: [] });
  });

  it("takes a new route and stage for connections that are open", async () => {
    await start();
    expect(await answer("ping")).to.match(/^\{"message": "Forbidden"/);
    writeTerraform({ route: "ping" });
    expect(await local.reload()).to.deep.include({ functions: [], stack: true });
    expect(await answer("ping")).to.equal("one");
    expect(await answer("echo")).to.match(/^\{"message": "Forbidden"/);
  });

  it("takes a function's changed settings", async () => {
    await start();
    writeTerraform({ function: { timeout: 5 } });
    expect((await local.reload()).functions).to.deep.equal(["echo"]);
    expect(await answer()).to.equal("one");
  });

  it("closes the connections of a stage that is no more, and serves its successor", async () => {
    await start();
    const [url = ""] = local.urls;
    writeTerraform({ stage: "prod" });
    await local.reload();
    expect(await client.closed).to.deep.equal({ code: 1001, reason: "Going away" });
    expect((await refusedHandshake(url)).status).to.equal(403);
    expect(local.urls[0]).to.equal(url.replace("/dev", "/prod"));
    client = await connectClient(local.urls[0] ?? "");
    expect(await answer()).to.equal("one");
  });

  it("takes a new custom domain, which functions reach from then on", async () => {
    await start();
    const [url = ""] = local.urls;
    const posting = `export const handler = async ({ requestContext: { domainName } }) => {
      const response = await fetch("https://" + domainName + "/@connections/x");
      return { statusCode: 200, body: String(response.status) };
    };`;
    writeFileSync(join(dirname(file), "echo", "index.mjs"), posting);
    const mapping = { api_id: "${aws_apigatewayv2_api.chat.id}", domain_name: "ws.example.com", stage: "dev" };
    writeTerraform({ resources: { aws_apigatewayv2_api_mapping: { one: mapping } } });
    expect((await local.reload()).functions).to.deep.equal(["echo"]);
    writeTerraform({
      resources: { aws_apigatewayv2_api_mapping: { one: { ...mapping, domain_name: "ws.example.net" } } },
    });
    expect(await local.reload()).to.deep.equal({ functions: ["echo"], stack: true, notTaken: [] });
    expect(local.domainUrls).to.deep.equal([`ws://ws.example.net.localhost:${new URL(url).port}`]);
    const address = url.replace(/\/dev$/, "");
    expect((await refusedHandshake(address, [], { headers: { host: "ws.example.com" } })).status).to.equal(403);
    const caller = await connectClient(address, [], { headers: { host: "ws.example.net" } });
    caller.send({ action: "echo" });
    expect(await caller.next(), "unsigned, and refused here").to.equal("403");
    await caller.close();
  });

  it("says what waits for a restart as long as it does, and compares with what runs", async () => {
    await start();
    const table = {
      name: "t",
      hash_key: "id",
      attribute: [{ name: "id", type: "S" }],
      billing_mode: "PAY_PER_REQUEST",
    };
    const withTable = { resources: { aws_dynamodb_table: { t: table } } };
    writeTerraform(withTable);
    expect((await local.reload()).notTaken).to.deep.equal(["the tables"]);
    writeTerraform({ ...withTable, function: { timeout: 5 } });
    const pending = await local.reload();
    expect(pending).to.deep.equal({ functions: ["echo"], stack: true, notTaken: ["the tables"] });
    expect(describeReload(pending)).to.equal("reloaded: echo; the tables changed too: restart to take that");
    expect(describeReload(await local.reload()), "nothing new").to.equal(undefined);
    writeTerraform();
    const undone = await local.reload();
    expect(undone.notTaken).to.deep.equal([]);
    expect(describeReload(undone)).to.equal("reloaded: echo");
  });

  it("lets what runs come to its end", async () => {
    let onStarted = (): void => {};
    const started = new Promise<void>((resolve) => {
      onStarted = resolve;
    });
    await start({ print: (line) => line.includes("started") && onStarted() });
    const go = join(directory.path, "go");
    const slow = `import { existsSync } from "node:fs";
    export const handler = async () => {
      console.log("started");
      while (!existsSync(${JSON.stringify(go)})) await new Promise((resolve) => setTimeout(resolve, 5));
      return { statusCode: 200, body: "slow" };
    };`;
    writeFileSync(join(dirname(file), "echo", "index.mjs"), slow);
    await local.reload();
    client.send({ action: "echo" });
    await started;
    writeCode("quick");
    await local.reload();
    client.send({ action: "echo" });
    expect(await client.next()).to.equal("quick");
    writeFileSync(go, "");
    expect(await client.next()).to.equal("slow");
  });

  it("leaves all as it was for a file that cannot be served", async () => {
    await start();
    writeTerraform({ function: { runtime: "python3.13" } });
    const error = await local.reload().then(
      () => expect.fail("it should have failed"),
      (thrown: Error) => thrown,
    );
    expect(error.message).to.include("python3.13");
    expect(await answer()).to.equal("one");
  });

  describe("by itself", () => {
    const lines: string[] = [];
    let wake = (): void => {};
    const print = (line: string): void => {
      lines.push(stripVTControlCharacters(line));
      wake();
    };
    const printed = async (pattern: RegExp): Promise<void> => {
      while (!lines.some((line) => pattern.test(line))) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      lines.splice(0);
    };

    it("takes code and Terraform as they change, also after a build that removes directories", async () => {
      await start({ watch: true, logs: false, print });
      writeCode("two");
      await printed(/^reloaded: echo$/);
      expect(await answer()).to.equal("two");
      rmSync(join(dirname(file), "echo"), { recursive: true });
      await printed(/^not reloaded, the stack runs on as it was: /);
      expect(await answer()).to.equal("two");
      directory.write(`run ${runs - 1}/echo`, { "index.mjs": answering("three") });
      await printed(/^reloaded: echo$/);
      expect(await answer()).to.equal("three");
      writeTerraform({ route: "ping" });
      await printed(/^reloaded: the stack$/);
      expect(await answer("ping")).to.equal("three");
    });

    it("takes a directory of Terraform files, and is not disturbed by what else lies in it", async () => {
      const path = directory.write(`run ${runs++}`, {});
      file = join(path, "main.tf.json");
      directory.write(`run ${runs - 1}/echo`, { "index.mjs": answering("one") });
      writeTerraform();
      const dataDir = join(path, "data");
      local = await startLocal({ terraform: path, port: 0, watch: true, print, logs: false, dataDir });
      client = await connectClient(local.urls[0] ?? "");
      writeFileSync(
        join(path, "override.tf.json"),
        JSON.stringify({ resource: { aws_apigatewayv2_route: { echo: { route_key: "ping" } } } }),
      );
      await printed(/^reloaded: the stack$/);
      expect(await answer("ping")).to.equal("one");
      writeCode("two");
      await printed(/^reloaded: echo$/);
      expect(await answer("ping")).to.equal("two");
    });

    it("takes a zip once, when it is whole", async () => {
      const path = directory.write(`run ${runs++}`, { "echo.zip": zipOf("one") });
      file = join(path, "cdk.tf.json");
      writeTerraform({ code: "echo.zip" });
      local = await startLocal({ terraform: file, port: 0, watch: true, print, logs: false });
      client = await connectClient(local.urls[0] ?? "");
      expect(await answer()).to.equal("one");
      const zip = zipOf("two");
      writeFileSync(join(path, "echo.zip"), zip.subarray(0, zip.length / 2));
      await printed(/^not reloaded, the stack runs on as it was: .*echo\.zip cannot be unpacked/);
      expect(await answer()).to.equal("one");
      appendFileSync(join(path, "echo.zip"), zip.subarray(zip.length / 2));
      await printed(/^reloaded: echo$/);
      expect(await answer()).to.equal("two");
      // The same again is no change.
      writeFileSync(join(path, "echo.zip"), zip);
      writeTerraform({ code: "echo.zip", route: "ping" });
      await printed(/^reloaded: the stack$/);
    });

    it("takes a Terraform file when it is whole", async () => {
      await start({ watch: true, logs: false, print });
      const text = JSON.stringify(echoTerraform({ code: "echo", route: "ping" }));
      writeFileSync(file, text.slice(0, 200));
      await printed(/^not reloaded, the stack runs on as it was: .*it is not JSON/s);
      expect(await answer()).to.equal("one");
      appendFileSync(file, text.slice(200));
      await printed(/^reloaded: the stack$/);
      expect(await answer("ping")).to.equal("one");
    });
  });
});
