import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import { answerInvoke } from "#local/lambda/invoke-api.ts";
import { type RunningLambda, runLambda } from "../support/running-lambda.ts";
import { type Signer, signHeaders } from "../support/sign-request.ts";
import { buildFunction, buildRole, region } from "../support/stack-builder.ts";

const { arn } = buildFunction("f");
const source = `export const handler = async (event) => {
  if (event.fail) throw new TypeError("no");
  console.log("got", JSON.stringify(event));
  return { got: event };
};`;

describe("Lambda's Invoke", () => {
  const credentials = new Credentials();
  const allow = (resource: string): Signer => {
    const role = buildRole("caller", [{ effect: "Allow", actions: ["lambda:InvokeFunction"], resources: [resource] }]);
    return credentials.issue({ role, functionName: "message" });
  };
  let running: RunningLambda;
  let server: Server;
  let signer: Signer;
  const invoke = async (
    name: string,
    body: string | undefined,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; type: string | null; headers: Headers; body: string }> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/2015-03-31/functions/${name}/invocations`;
    const [path = "", query] = name.split("?");
    const target = query === undefined ? url : url.replace(`/${name}/invocations`, `/${path}/invocations?${query}`);
    const toSign = { method: "POST", url: target, service: "lambda", ...(body !== undefined && { body }) };
    const response = await fetch(target, {
      method: "POST",
      headers: { ...signHeaders(signer, toSign), ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get("x-amzn-errortype"),
      headers: response.headers,
      body: text,
    };
  };

  beforeEach(async () => {
    running = await runLambda(source, { aliases: ["live"] });
    const { service } = running;
    server = createServer(
      (request, response) => void answerInvoke(request, response, { service, credentials, region }),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    signer = allow(arn);
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await running.close();
  });

  it("answers with the function's result", async () => {
    const { status, body, headers } = await invoke("f", '{"a":1}');
    expect([status, body]).to.deep.equal([200, '{"got":{"a":1}}']);
    expect(headers.get("x-amz-executed-version")).to.equal("$LATEST");
    expect(headers.get("x-amz-function-error")).to.equal(null);
    expect((await invoke("f", undefined)).body).to.equal('{"got":{}}');
  });

  it("answers 200 and a header for a function that fails", async () => {
    const { status, body, headers } = await invoke("f", '{"fail":true}');
    expect([status, headers.get("x-amz-function-error")]).to.deep.equal([200, "Unhandled"]);
    expect(JSON.parse(body)).to.include({ errorType: "TypeError", errorMessage: "no" });
    expect(JSON.parse(body).trace[0]).to.equal("TypeError: no");
  });

  it("answers an Event with 202 at once, and runs it later", async () => {
    const { status, body } = await invoke("f", '{"later":1}', { "x-amz-invocation-type": "Event" });
    expect([status, body]).to.deep.equal([202, ""]);
    await running.logs.seen("/aws/lambda/f", /got \{"later":1\}/);
  });

  it("answers a DryRun with 204, and runs nothing", async () => {
    expect((await invoke("f", "{}", { "x-amz-invocation-type": "DryRun" })).status).to.equal(204);
    expect(running.lines()).to.deep.equal([]);
  });

  it("takes a name, an ARN and a part of one, with a qualifier", async () => {
    signer = allow(`${arn}*`);
    for (const name of [
      "f",
      encodeURIComponent(arn),
      "000000000000:function:f",
      "f:live",
      encodeURIComponent(`${arn}:live`),
      "f?Qualifier=live",
      "f?Qualifier=%24LATEST",
    ]) {
      expect((await invoke(name, "{}")).status, name).to.equal(200);
    }
    expect(await invoke("f:none", "{}")).to.include({ status: 404, type: "ResourceNotFoundException" });
  });

  it("answers 404 for what is no function here, and for other operations", async () => {
    signer = allow("*");
    expect(await invoke("nope", "{}")).to.include({ status: 404, type: "ResourceNotFoundException" });
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/2015-03-31/functions`);
    expect(await response.text()).to.include("Only Invoke is served by the local Lambda: GET /2015-03-31/functions");
  });

  it("answers 400 to what is no JSON, 413 to what is too large", async () => {
    expect(await invoke("f", "{")).to.include({ status: 400, type: "InvalidRequestContentException" });
    const large = JSON.stringify("x".repeat(1024 * 1024));
    expect((await invoke("f", large)).status).to.equal(200);
    expect(await invoke("f", large, { "x-amz-invocation-type": "Event" })).to.include({
      status: 413,
      type: "RequestTooLargeException",
    });
  });

  it("answers 429 with the reason when the function is throttled", async () => {
    await running.close();
    running = await runLambda(source, { reservedConcurrency: 0 });
    const { service } = running;
    server.removeAllListeners("request");
    server.on("request", (request, response) => void answerInvoke(request, response, { service, credentials, region }));
    const { status, type, body } = await invoke("f", "{}");
    expect([status, type]).to.deep.equal([429, "TooManyRequestsException"]);
    expect(JSON.parse(body).Reason).to.equal("ReservedFunctionConcurrentInvocationLimitExceeded");
  });

  describe("asks", () => {
    it("for the caller's permission, by its ARN and qualifier", async () => {
      const denied = await invoke("f:live", "{}");
      expect(denied).to.include({ status: 403, type: "AccessDeniedException" });
      expect(JSON.parse(denied.body).message).to.equal(
        `User: arn:aws:sts::000000000000:assumed-role/caller/message is not authorized to perform: lambda:InvokeFunction on resource: ${arn}:live because no identity-based policy allows the lambda:InvokeFunction action; statement 1 of the policy "inline" allows it on ${arn}`,
      );
      expect(running.lines()).to.deep.equal([]);
    });

    it("the function's own policy too", async () => {
      await running.close();
      running = await runLambda(source, { permissions: [{ principal: "000000000000" }] });
      const { service } = running;
      server.removeAllListeners("request");
      server.on(
        "request",
        (request, response) => void answerInvoke(request, response, { service, credentials, region }),
      );
      signer = allow("arn:aws:lambda:eu-central-1:000000000000:function:other");
      expect((await invoke("f", "{}")).status).to.equal(200);
    });

    it("for a right signature", async () => {
      signer = { ...signer, secretAccessKey: "guessed" };
      expect(await invoke("f", "{}")).to.include({ status: 403, type: "InvalidSignatureException" });
      const { port } = server.address() as AddressInfo;
      const unsigned = await fetch(`http://127.0.0.1:${port}/2015-03-31/functions/f/invocations`, { method: "POST" });
      expect([unsigned.status, unsigned.headers.get("x-amzn-errortype")]).to.deep.equal([
        403,
        "MissingAuthenticationTokenException",
      ]);
    });
  });
});
