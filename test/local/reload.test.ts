// A stack that changes while it runs.
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { type LocalOptions, type LocalStack, startLocal } from "#local/start-local.ts";
import { echoTerraform } from "./support/echo-terraform.ts";
import { TestDirectory } from "./support/running-lambda.ts";
import { connectClient, refusedHandshake, type TestClient } from "./support/test-client.ts";

const answering = (text: string): string =>
  `export const handler = async () => ({ statusCode: 200, body: ${JSON.stringify(text)} });`;

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

  it("lets what runs come to its end", async () => {
    let onStarted = (): void => {};
    const started = new Promise<void>((resolve) => {
      onStarted = resolve;
    });
    await start({ print: (line) => line.includes("started") && onStarted() });
    const slow = `export const handler = () => {
      console.log("started");
      return new Promise((resolve) => setTimeout(resolve, 200, { statusCode: 200, body: "slow" }));
    };`;
    writeFileSync(join(dirname(file), "echo", "index.mjs"), slow);
    await local.reload();
    client.send({ action: "echo" });
    await started;
    writeCode("quick");
    await local.reload();
    client.send({ action: "echo" });
    expect([await client.next(), await client.next()]).to.deep.equal(["quick", "slow"]);
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
  });
});
