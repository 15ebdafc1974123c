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

  /** `*.localhost` need not be a name that this machine's resolver knows. */
  function throughHost(url: string): Parameters<typeof connectClient> {
    const { host, port, pathname } = new URL(url);
    return [`ws://127.0.0.1:${port}${pathname}`, [], { headers: { host } }];
  }

  /** What the start of the platform says. */
  async function linesOf(form: string): Promise<string[]> {
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    await (await startLocal({ terraform: join(fixtures, "platform", form), port: 0, print })).close();
    return lines;
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

  for (const form of ["plan.json", "state.json"]) {
    it(`is served from modules in modules, two APIs with stages of the same names: ${form}`, async () => {
      local = await startLocal({ terraform: join(fixtures, "platform", form), port: 0 });
      const answers: unknown[] = [];
      for (const url of local.urls) {
        const client = await connectClient(...throughHost(url));
        client.send("hello");
        answers.push(JSON.parse(await client.next()));
        await client.close();
      }
      const answer = { routeKey: "$default", body: "hello" };
      expect(answers).to.deep.equal(
        ["chat", "games"].flatMap((api) => ["dev", "prod"].map((stage) => ({ api, service: api, stage, ...answer }))),
      );
      const [url = ""] = local.urls;
      expect((await refusedHandshake(url.replace(/\/\/[^:]*/, "//127.0.0.1"))).body).to.include(
        "say which one by the host name",
      );
      expect((local.stack.outputs.urls as { chat: { dev: string } }).chat.dev).to.equal(url);
      const [chat] = local.stack.apis;
      expect(chat?.stages[1]).to.deep.include({
        throttle: { burst: 500, rate: 1000 },
        executionLog: { level: "ERROR", dataTrace: false },
      });
      expect(chat?.stages[1]?.accessLog?.group).to.equal("/aws/apigateway/chat/prod");
      expect(chat?.stages[1]?.accessLog?.format).to.include('"status": "$context.status"');
      const connect = local.stack.functions.find(({ name }) => name === "chat-connect");
      expect(connect?.environment.API).to.match(new RegExp(`^arn:aws:execute-api:eu-west-1:\\d{12}:${chat?.id}$`));
      const lines = await linesOf(form);
      expect(lines, "nothing is warned of").to.deep.equal([]);
    });
  }

  it("is served as SAM and its sample have it: CommonJS with the runtime's document client", async () => {
    local = await startLocal({ terraform: join(fixtures, "sample-chat"), port: 0 });
    const [url = ""] = local.urls;
    expect(url).to.match(/\/Prod$/);
    const clients = [await connectClient(url), await connectClient(url), await connectClient(url)];
    const [sender, , leaver] = clients;
    await leaver?.close();
    sender?.send({ action: "sendmessage", data: "hello all" });
    for (const client of clients.slice(0, 2)) expect(await client.next()).to.equal("hello all");
    sender?.send({ action: "anything else" });
    expect(await sender?.next()).to.include('"Forbidden"');
    for (const client of clients) await client.close();
  });

  it("is served as the Serverless Framework has it: one zip from a bucket, one role, handlers deep in it", async () => {
    local = await startLocal({ terraform: join(fixtures, "framework", "main.tf.json"), port: 0 });
    expect(local.stack.functions.map(({ name }) => name)).to.deep.equal(
      ["connect", "disconnect", "default"].map((name) => `ws-demo-dev-${name}`),
    );
    expect(local.stack.notServed, "the zip is").to.deep.equal(["aws_s3_bucket.ServerlessDeploymentBucket"]);
    const client = await connectClient(local.urls[0] ?? "");
    client.send("hello");
    expect(JSON.parse(await client.next())).to.deep.equal({ routeKey: "$default", body: "hello" });
    await client.close();
  });

  it("is served by a wildcard domain, at an address that can be used", async () => {
    const terraform = directory.write("wildcard", { "terraform.tfvars.json": '{"domain":"*.example.com"}' });
    cpSync(join(fixtures, "custom-domain"), terraform, { recursive: true });
    local = await startLocal({ terraform, port: 0 });
    const [url = ""] = local.domainUrls;
    expect(url).to.match(/^ws:\/\/any\.example\.com\.localhost:\d+$/);
    const client = await connectClient(...throughHost(url));
    await client.close();
  });

  it("is served by its domain, whose name its functions post to, the AWS SDK in them", async () => {
    const lines: string[] = [];
    const terraform = join(fixtures, "custom-domain", "main.tf.json");
    local = await startLocal({ terraform, port: 0, print: (line) => lines.push(line) });
    const { domainUrls, urls, stack } = local;
    const [port] = /(?<=:)\d+/.exec(domainUrls[0] ?? "") ?? [];
    expect(domainUrls).to.deep.equal(
      ["", "/games/live"].map((path) => `ws://chat.example.com.localhost:${port}${path}`),
    );
    for (const [at, api] of ["chat-prod", "games-prod"].entries()) {
      const client = await connectClient(...throughHost(domainUrls[at] ?? ""));
      client.send("where am I?");
      const seen = { api, domainName: "chat.example.com", stage: "prod" };
      expect(JSON.parse(await client.next())).to.deep.equal(seen);
      await client.close();
    }
    expect(lines[0]).to.equal(
      "not served here: aws_acm_certificate.domain, aws_route53_record.domain, aws_apigatewayv2_domain_name.domain: mutual_tls_authentication",
    );
    expect(stack.outputs).to.deep.include({ url: urls[0], games: urls[1] });
    expect(stack.outputs.alias).to.match(/^d-\w{10}\.execute-api\.eu-central-1\.amazonaws\.com$/);
  });

  it("gives functions an https address of the API that leads here, and leaves wss as AWS has it", async () => {
    const { functions, outputs, apis } = await readStack(handWritten, where);
    const { CALLBACK, SOCKETS } = functions.find(({ name }) => name === "visitors-dev-message")?.environment ?? {};
    expect(CALLBACK).to.equal("http://127.0.0.1:3001/dev");
    expect(SOCKETS).to.equal(`wss://${apis[0]?.id}.execute-api.eu-west-1.amazonaws.com`);
    expect(outputs.url).to.equal("ws://127.0.0.1:3001/dev");
  });
});
