import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { signHeaders } from "../support/sign-request.ts";
import {
  buildApi,
  buildFunction,
  buildRole,
  buildRoute,
  buildStack,
  buildStage,
  executionArn,
  region,
} from "../support/stack-builder.ts";
import { connectClient, type TestClient } from "../support/test-client.ts";

const routes = [buildRoute("$connect"), buildRoute("$disconnect")];
const functions = [buildFunction("connect"), buildFunction("disconnect")];
const stack = buildStack({ functions, apis: [buildApi([buildStage(routes)])] });
const developer = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" };
const unknownId = "AAAAAAAAAAAAAAA=";

describe("@connections", () => {
  let running: RunningGateway;
  let invoker: FakeInvoker;
  let client: TestClient;
  let connectionId: string;
  const sdks: ApiGatewayManagementApiClient[] = [];
  const sdk = (
    credentials: { accessKeyId: string; secretAccessKey: string } = developer,
    endpoint = running.managementUrl,
  ) => {
    const made = new ApiGatewayManagementApiClient({ endpoint, region, credentials, maxAttempts: 1 });
    sdks.push(made);
    return made;
  };
  const failure = async (work: Promise<unknown>): Promise<{ name: string; status: number; message: string }> => {
    const error = await work.then(
      () => expect.fail("it should have failed"),
      (thrown) => thrown,
    );
    return { name: error.name, status: error.$metadata.httpStatusCode, message: error.message };
  };
  const raw = (path: string, init: RequestInit = {}): Promise<Response> => {
    const url = `http://127.0.0.1:${running.port}${path}`;
    return fetch(url, { headers: signHeaders(developer, { url, method: init.method ?? "GET" }), ...init });
  };

  beforeEach(async () => {
    invoker = new FakeInvoker();
    running = await runGateway({ stack, invoker, limits: { clientBufferBytes: 256 * 1024 } });
    client = await connectClient(running.url, [], { headers: { "user-agent": "tester/1" } });
    connectionId = (await invoker.called("connect")).requestContext.connectionId;
  });
  afterEach(async () => {
    for (const made of sdks.splice(0)) made.destroy();
    await running.close();
  });

  it("posts a text frame", async () => {
    await sdk().send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: "grüße" }));
    expect(await client.next()).to.equal("grüße");
  });

  it("delivers posts of one caller in their order", async () => {
    for (const n of [1, 2, 3])
      await sdk().send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: `${n}` }));
    expect([await client.next(), await client.next(), await client.next()]).to.deep.equal(["1", "2", "3"]);
  });

  it("describes a connection", async () => {
    const description = await sdk().send(new GetConnectionCommand({ ConnectionId: connectionId }));
    expect(description.Identity).to.deep.equal({ SourceIp: "127.0.0.1", UserAgent: "tester/1" });
    expect(description.ConnectedAt).to.be.instanceOf(Date);
    expect(description.LastActiveAt).to.be.instanceOf(Date);
    const { connectedAt } = (await (await raw(`/dev/@connections/${connectionId}`)).json()) as { connectedAt: string };
    expect(connectedAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("closes a connection with 1000, and is told so", async () => {
    const { $metadata } = await sdk().send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
    expect($metadata.httpStatusCode).to.equal(204);
    expect(await client.closed).to.deep.equal({ code: 1000, reason: "Connection Closed Normally" });
    const { requestContext } = await invoker.called("disconnect");
    expect(requestContext).to.include({ disconnectStatusCode: 1000, disconnectReason: "Connection Closed Normally" });
  });

  it("answers GoneException for an unknown and for a closed connection", async () => {
    expect(await failure(sdk().send(new PostToConnectionCommand({ ConnectionId: unknownId, Data: "x" })))).to.include({
      name: "GoneException",
      status: 410,
    });
    await client.close();
    await invoker.called("disconnect");
    for (const command of [
      new PostToConnectionCommand({ ConnectionId: connectionId, Data: "x" }),
      new GetConnectionCommand({ ConnectionId: connectionId }),
      new DeleteConnectionCommand({ ConnectionId: connectionId }),
    ]) {
      expect(await failure(sdk().send(command as PostToConnectionCommand))).to.include({
        name: "GoneException",
        status: 410,
      });
    }
    const response = await raw(`/dev/@connections/${connectionId}`, { method: "POST", body: "x" });
    expect([response.status, response.headers.get("x-amzn-errortype"), await response.text()]).to.deep.equal([
      410,
      "GoneException",
      "",
    ]);
  });

  it("answers 410 to the connection that is still in its own $connect", async () => {
    let seen: unknown;
    const own = new FakeInvoker({
      async connect({ requestContext }) {
        seen = await failure(
          sdk(developer, `http://${requestContext.domainName}/dev`).send(
            new PostToConnectionCommand({ ConnectionId: requestContext.connectionId, Data: "x" }),
          ),
        );
        return { statusCode: 200 };
      },
    });
    await running.close();
    running = await runGateway({ stack, invoker: own });
    await connectClient(running.url);
    expect(seen).to.include({ status: 410, name: "GoneException" });
  });

  it("takes the id and the @ encoded or not, and a double slash", async () => {
    const encoded = encodeURIComponent(connectionId);
    for (const path of [
      `/dev/@connections/${connectionId}`,
      `/dev/%40connections/${encoded}`,
      `/dev//@connections/${encoded}`,
    ]) {
      expect((await raw(path, { method: "POST", body: path })).status).to.equal(200);
      expect(await client.next()).to.equal(path);
    }
  });

  it("answers 400 to a malformed id", async () => {
    const response = await raw("/dev/@connections/abc");
    expect(response.status).to.equal(400);
    expect(response.headers.get("x-amzn-errortype")).to.equal("BadRequestException");
  });

  it("answers 403 to a missing or unknown stage", async () => {
    for (const path of [`/@connections/${connectionId}`, `/prod/@connections/${connectionId}`]) {
      const response = await raw(path);
      expect([response.status, await response.text()]).to.deep.equal([403, '{"message":"Forbidden"}']);
    }
  });

  it("answers Missing Authentication Token without a signature and to other methods", async () => {
    const path = `/dev/@connections/${connectionId}`;
    for (const init of [{ headers: {} }, { method: "PUT" }]) {
      const response = await raw(path, init);
      expect([response.status, await response.text()]).to.deep.equal([
        403,
        '{"message":"Missing Authentication Token"}',
      ]);
    }
  });

  it("answers IncompleteSignatureException to a key without a signature, in the URL or the header", async () => {
    const path = `/dev/@connections/${connectionId}`;
    const authorization = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261120/eu-central-1/execute-api/aws4_request";
    for (const response of [
      await raw(`${path}?X-Amz-Credential=x`, { method: "POST", headers: { "content-type": "text/plain" }, body: "x" }),
      await raw(path, { method: "POST", headers: { authorization }, body: "x" }),
    ]) {
      expect(response.status).to.equal(403);
      expect(response.headers.get("x-amzn-errortype")).to.equal("IncompleteSignatureException");
    }
    expect(client.unread).to.deep.equal([]);
  });

  it("takes 128 KB and answers PayloadTooLargeException above, however it is sent", async () => {
    const post = (bytes: number): Promise<unknown> =>
      sdk().send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: "x".repeat(bytes) }));
    await post(128 * 1024);
    expect(await client.next()).to.have.length(128 * 1024);
    expect(await failure(post(128 * 1024 + 1))).to.include({ name: "PayloadTooLargeException", status: 413 });
    const stream = new Blob(["x".repeat(200_000)]).stream();
    const streamed = await raw(`/dev/@connections/${connectionId}`, {
      method: "POST",
      body: stream,
      duplex: "half",
    } as RequestInit);
    expect(streamed.status).to.equal(413);
  });

  it("answers 400 to bytes that are no text", async () => {
    const response = await raw(`/dev/@connections/${connectionId}`, { method: "POST", body: new Uint8Array([0xff]) });
    expect(response.status).to.equal(400);
  });

  it("answers LimitExceededException when the client does not read, and goes on with the others", async () => {
    client.socket.pause();
    const Data = "x".repeat(128 * 1024);
    let error: Awaited<ReturnType<typeof failure>> | undefined;
    for (let n = 0; n < 500 && !error; n++) {
      await sdk()
        .send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }))
        .catch(async (thrown) => {
          error = await failure(Promise.reject(thrown));
        });
    }
    expect(error).to.include({ name: "LimitExceededException", status: 429 });
    await connectClient(running.url);
    const other = (await invoker.called("connect", 2)).requestContext.connectionId;
    await sdk().send(new PostToConnectionCommand({ ConnectionId: other, Data: "x" }));
    client.socket.terminate();
  });

  describe("with the credentials of a function", () => {
    const allowed = { effect: "Allow", actions: ["execute-api:ManageConnections"] } as const;

    it("allows what its role allows, and says what it does not", async () => {
      const role = buildRole("poster", [{ ...allowed, resources: [`${executionArn}/dev/POST/@connections/*`] }]);
      const keys = running.credentials.issue({ role, functionName: "message" });
      await sdk(keys).send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: "x" }));
      expect(await client.next()).to.equal("x");
      const denied = await failure(sdk(keys).send(new DeleteConnectionCommand({ ConnectionId: connectionId })));
      expect(denied).to.include({ name: "ForbiddenException", status: 403 });
      expect(denied.message).to.include(
        "assumed-role/poster/message is not authorized to perform: execute-api:ManageConnections",
      );
      expect(denied.message).to.include(`${executionArn}/dev/DELETE/@connections/${connectionId}`);
    });

    it("verifies the signature of every call", async () => {
      const role = buildRole("poster", [{ ...allowed, resources: ["*"] }]);
      const key = running.credentials.issue({ role, functionName: "message" });
      const post = (keys: typeof key): Promise<unknown> =>
        sdk(keys).send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: "x" }));
      const wrong = await failure(post({ ...key, secretAccessKey: "guessed" }));
      expect(wrong).to.include({ name: "InvalidSignatureException", status: 403 });
      expect(wrong.message).to.match(/^The request signature we calculated does not match/);
      const stolen = await failure(post({ ...key, sessionToken: "another" }));
      expect(stolen).to.include({ name: "UnrecognizedClientException", status: 403 });
      const url = `${running.managementUrl}/@connections/${encodeURIComponent(connectionId)}`;
      const late = signHeaders(key, { url, at: new Date(Date.now() - 301_000) });
      expect(await (await fetch(url, { headers: late })).text()).to.match(/^\{"message":"Signature expired: /);
      expect((await fetch(url, { headers: signHeaders(key, { url }) })).status).to.equal(200);
      const changed = signHeaders(key, { url, method: "POST", body: "one" });
      expect((await fetch(url, { method: "POST", headers: changed, body: "two" })).status).to.equal(403);
      expect(client.unread).to.deep.equal([]);
    });

    it("asks for nothing when IAM is off", async () => {
      await running.close();
      invoker = new FakeInvoker();
      running = await runGateway({ stack, invoker, credentials: new Credentials({ enforced: false }) });
      client = await connectClient(running.url);
      connectionId = (await invoker.called("connect")).requestContext.connectionId;
      const url = `${running.managementUrl}/@connections/${connectionId}`;
      expect((await fetch(url, { method: "POST", body: "unsigned" })).status).to.equal(200);
      expect(await client.next()).to.equal("unsigned");
    });

    it("does not tell who is connected to a caller without permission", async () => {
      const keys = running.credentials.issue({ role: buildRole("nobody"), functionName: "message" });
      const denied = await failure(sdk(keys).send(new PostToConnectionCommand({ ConnectionId: unknownId, Data: "x" })));
      expect(denied.status).to.equal(403);
    });
  });
});
