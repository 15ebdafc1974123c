// One stack in every form that Terraform has for it: each is served, and answers.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type LocalStack, startLocal } from "#local/start-local.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { TestDirectory } from "../support/running-lambda.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";
import { where } from "./edited-fixture.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/terraform");
const visitors = join(fixtures, "visitors");

describe("a stack that somebody else wrote", () => {
  const directory = new TestDirectory();
  const handWritten = join(fixtures, "hand-written");
  let local: LocalStack | undefined;

  afterEach(async () => {
    await local?.close();
    local = undefined;
  });
  after(() => directory.remove());

  async function answerOf(terraform: string): Promise<{ url: string; answer: unknown }> {
    local = await startLocal({ terraform, port: 0 });
    const [url = ""] = local.urls;
    const client = await connectClient(url);
    client.send({ text: "you" });
    const answer = JSON.parse(await client.next());
    await client.close();
    return { url, answer };
  }

  /** All files of the directory in one. */
  function asOneFile(): string {
    const target = join(directory.path, "one-file");
    mkdirSync(target, { recursive: true });
    cpSync(join(handWritten, "src"), join(target, "src"), { recursive: true });
    const read = (name: string) => JSON.parse(readFileSync(join(handWritten, name), "utf8"));
    const main = read("main.tf.json");
    const resource = Object.assign({}, main.resource, ...read("api.tf.json").resource);
    const variables = read("variables.tf.json");
    variables.variable.greeting.default = "hello";
    const file = join(target, "main.tf.json");
    writeFileSync(file, JSON.stringify({ ...main, ...variables, resource }));
    return file;
  }

  it("is served from a plan, with zips and the modules, count and for_each that Terraform resolved", async () => {
    const { url, answer } = await answerOf(join(visitors, "plan.json"));
    expect(url).to.match(/\/test$/);
    expect(answer).to.deep.equal({ routeKey: "$default", table: "visitors-test", text: "you" });
    expect((await refusedHandshake(`${url}?refuse=yes`)).status, "$connect is asked").to.equal(403);
  });

  it("is served from a state", async () => {
    const { url, answer } = await answerOf(join(visitors, "state.json"));
    expect(answer).to.deep.equal({ routeKey: "$default", table: "visitors-test", text: "you" });
    expect((await refusedHandshake(`${url}?refuse=yes`)).status, "$connect is asked").to.equal(403);
  });

  it("is served from a directory of *.tf.json, with directories as code", async () => {
    const { url, answer } = await answerOf(handWritten);
    expect(url).to.match(/\/dev$/);
    expect(answer).to.deep.equal({ routeKey: "$default", table: "visitors-dev-visitors", text: "hello you" });
  });

  it("is served from one *.tf.json", async () => {
    const { answer } = await answerOf(asOneFile());
    expect(answer).to.deep.equal({ routeKey: "$default", table: "visitors-dev-visitors", text: "hello you" });
  });

  it("gives functions an https address of the API that leads here, and leaves wss as AWS has it", async () => {
    const { functions, outputs, apis } = await readStack(handWritten, where);
    const { CALLBACK, SOCKETS } = functions.find(({ name }) => name === "visitors-dev-message")?.environment ?? {};
    expect(CALLBACK).to.equal("http://127.0.0.1:3001/dev");
    expect(SOCKETS).to.equal(`wss://${apis[0]?.id}.execute-api.eu-west-1.amazonaws.com`);
    expect(outputs.url).to.equal("ws://127.0.0.1:3001/dev");
  });
});
