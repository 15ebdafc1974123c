// A function that builds its callback URL from its event, as AWS documents it, reaches the local gateway.

import { expect } from "chai";
import { build } from "esbuild";
import type { LambdaService } from "#local/lambda/lambda-service.ts";
import { startLambda } from "#local/lambda/lambda-service.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { TestDirectory } from "../support/running-lambda.ts";
import {
  apiId,
  buildApi,
  buildFunction,
  buildRole,
  buildRoute,
  buildStack,
  buildStage,
  executionArn,
  region,
} from "../support/stack-builder.ts";
import { connectClient } from "../support/test-client.ts";

const source = `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import https, { get } from "node:https";
import { signHeaders } from "../support/sign-request.ts";
const base = ({ domainName, stage }) => (domainName.endsWith(".example.com") ? "" : "/" + stage);
const poster = (host) => async (context, text) => {
  const { connectionId } = context;
  const client = new ApiGatewayManagementApiClient({ endpoint: "https://" + host + base(context), maxAttempts: 1 });
  await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: text }));
};
const path = (context) => base(context) + "/@connections/" + context.connectionId;
const signed = (context, method, body) => signHeaders(
  {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
    sessionToken: process.env.AWS_SESSION_TOKEN,
  },
  { method, url: "https://" + context.domainName + path(context), body },
);
const ways = {
  sdk: (context, text) => poster(context.domainName)(context, text),
  "sdk by AWS's own name": (context, text) =>
    poster(context.apiId + ".execute-api." + process.env.AWS_REGION + ".amazonaws.com")(context, text),
  fetch: async (context, body) => {
    const url = "https://" + context.domainName + path(context);
    const response = await fetch(url, { method: "POST", body, headers: signed(context, "POST", body) });
    if (response.status !== 200) throw new Error(await response.text());
  },
  "fetch answers": async (context) => {
    const get = async (id, init = {}) => {
      const to = { ...context, connectionId: id };
      const headers = signed(to, "GET");
      return await fetch(new Request("https://" + context.domainName + path(to), { headers, ...init }));
    };
    const own = await get(context.connectionId);
    const other = await get("AAAAAAAAAAAAAAA=");
    const aborted = await get(context.connectionId, { signal: AbortSignal.abort() }).catch(({ name }) => name);
    const seen = [own.status, (await own.json()).identity.sourceIp, other.status, other.headers.get("x-amzn-errortype"), await other.text(), aborted];
    await ways.sdk(context, JSON.stringify(seen));
  },
  "https.request": (context, text) => new Promise((resolve, reject) => {
    const [hostname, port] = context.domainName.split(":");
    const request = https.request({ hostname, port, path: path(context), method: "POST", headers: signed(context, "POST", text) }, (response) => {
      response.resume().on("end", resolve);
    });
    request.on("error", reject).end(text);
  }),
  "https.get": (context, text) => new Promise((resolve, reject) => {
    const url = "https://" + context.domainName + path(context);
    get(url, { headers: signed(context, "GET") }, (response) => {
      response.resume().on("end", () => ways.sdk(context, text + " " + response.statusCode).then(resolve, reject));
    }).on("error", reject);
  }),
};
export const handler = async (event) => {
  await ways[JSON.parse(event.body).way](event.requestContext, "by " + JSON.parse(event.body).way);
  return { statusCode: 200 };
};`;

describe("requests of a function to its API", () => {
  const directory = new TestDirectory();
  let running: RunningGateway;
  let lambda: LambdaService;

  before(async function () {
    this.timeout(20_000);
    const bundle = await build({
      stdin: { contents: source, resolveDir: import.meta.dirname },
      bundle: true,
      platform: "node",
      format: "esm",
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      write: false,
    });
    const code = directory.write("f", { "index.mjs": bundle.outputFiles[0]?.text ?? "" });
    const allow = {
      effect: "Allow",
      actions: ["execute-api:ManageConnections"],
      resources: [`${executionArn}/dev/*`],
    } as const;
    const functions = [buildFunction("default", { code, role: buildRole("r", [allow]), timeoutSeconds: 10 })];
    const domains = ["chat.example.com", "*.rooms.example.com"].map((name) => ({
      address: `aws_apigatewayv2_domain_name.${name}`,
      name,
      mappings: [{ key: "", apiId, stage: "dev" }],
    }));
    const stack = buildStack({ functions, domains, apis: [buildApi([buildStage([buildRoute("$default")])])] });
    const invoker = { invoke: (name: string, payload: string) => lambda.invoke(name, payload) };
    running = await runGateway({ stack, invoker });
    lambda = await startLambda({
      functions,
      region,
      credentials: running.credentials,
      logs: running.logs,
      codeDirectory: directory.path,
      gateway: { host: "127.0.0.1", port: running.port, domains: domains.map(({ name }) => name) },
    });
  });
  after(async () => {
    await running.close();
    await lambda.close();
    directory.remove();
  });

  for (const way of ["sdk", "sdk by AWS's own name", "fetch", "https.request"]) {
    it(`arrive by ${way}`, async () => {
      const client = await connectClient(running.url);
      client.send({ way });
      expect(await client.next()).to.equal(`by ${way}`);
      await client.close();
    });
  }

  it("have by fetch the answer as it is", async () => {
    const client = await connectClient(running.url);
    client.send({ way: "fetch answers" });
    expect(JSON.parse(await client.next())).to.deep.equal([200, "127.0.0.1", 410, "GoneException", "", "AbortError"]);
    await client.close();
  });

  it("arrive by https.get, imported by its name", async () => {
    const client = await connectClient(running.url);
    client.send({ way: "https.get" });
    expect(await client.next()).to.equal("by https.get 200");
    await client.close();
  });

  for (const host of ["chat.example.com", "seven.rooms.example.com"]) {
    for (const way of ["sdk", "fetch", "https.request"]) {
      it(`arrive by ${way} where the client came by ${host}`, async () => {
        const client = await connectClient(running.url.replace(/\/dev$/, ""), [], { headers: { host } });
        client.send({ way });
        expect(await client.next()).to.equal(`by ${way}`);
        await client.close();
      });
    }
  }

  it("keep the name the function used, so that the API is found by it", async () => {
    const client = await connectClient(running.url, [], { headers: { host: `${apiId}.localhost:${running.port}` } });
    client.send({ way: "sdk" });
    expect(await client.next()).to.equal("by sdk");
    await client.close();
  });
});
