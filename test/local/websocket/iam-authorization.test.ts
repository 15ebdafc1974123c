import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { presign, type Signer, signHeaders } from "../support/sign-request.ts";
import {
  buildApi,
  buildFunction,
  buildRole,
  buildRoute,
  buildStack,
  buildStage,
  executionArn,
} from "../support/stack-builder.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";

const routes = [buildRoute("$connect", { authorizationType: "AWS_IAM" })];
const stack = buildStack({ functions: [buildFunction("connect")], apis: [buildApi([buildStage(routes)])] });

describe("AWS_IAM on $connect", () => {
  let running: RunningGateway;
  let invoker: FakeInvoker;
  const start = async (credentials = new Credentials()): Promise<void> => {
    invoker = new FakeInvoker();
    running = await runGateway({ stack, invoker, credentials });
  };
  const keyFor = (resource: string): Signer => {
    const role = buildRole("client", [{ effect: "Allow", actions: ["execute-api:Invoke"], resources: [resource] }]);
    return running.credentials.issue({ role, functionName: "probe" });
  };
  /** `host` as the ws client sends it. */
  const headersOf = (signer: Signer): Record<string, string> =>
    signHeaders(signer, { url: running.url.replace("ws:", "http:") });
  const presignedUrl = (signer: Signer): string =>
    presign(signer, { url: `${running.url.replace("ws:", "http:")}?room=a` }).replace("http:", "ws:");
  beforeEach(() => start());
  afterEach(() => running.close());

  it("opens to a signed handshake that its role allows, and tells who it is", async () => {
    const key = keyFor(`${executionArn}/dev/$connect`);
    await (await connectClient(running.url, [], { headers: headersOf(key) })).close();
    const { identity } = (await invoker.called("connect")).requestContext;
    expect(identity).to.include({
      accessKey: key.accessKeyId,
      accountId: "000000000000",
      userArn: "arn:aws:sts::000000000000:assumed-role/client/probe",
      sourceIp: "127.0.0.1",
    });
    expect(identity.user).to.match(/^AROA[A-Z0-9]{17}:probe$/);
  });

  it("opens to a presigned URL", async () => {
    await (await connectClient(presignedUrl(keyFor(`${executionArn}/*`)))).close();
    expect((await invoker.called("connect")).queryStringParameters).to.include({ room: "a" });
  });

  it("refuses what is not signed", async () => {
    expect(await refusedHandshake(running.url)).to.include({
      status: 403,
      body: '{"message":"Missing Authentication Token"}',
    });
    expect(invoker.calls).to.deep.equal([]);
  });

  it("refuses a wrong signature, in the header and in the URL", async () => {
    const key = { ...keyFor("*"), secretAccessKey: "guessed" };
    const refusals = [
      await refusedHandshake(running.url, [], { headers: headersOf(key) }),
      await refusedHandshake(presignedUrl(key)),
    ];
    for (const { status, body, headers } of refusals) {
      expect(status).to.equal(403);
      expect(body).to.include("The request signature we calculated does not match");
      expect(headers["x-amzn-errortype"]).to.equal("InvalidSignatureException");
    }
    expect(invoker.calls).to.deep.equal([]);
  });

  it("refuses who may not invoke $connect, and says what is missing", async () => {
    const key = keyFor(`${executionArn}/prod/*`);
    const { status, body } = await refusedHandshake(running.url, [], { headers: headersOf(key) });
    expect(status).to.equal(403);
    expect(JSON.parse(body).message).to.equal(
      `User: arn:aws:sts::000000000000:assumed-role/client/probe is not authorized to perform: execute-api:Invoke on resource: ${executionArn}/dev/$connect because no identity-based policy allows the execute-api:Invoke action; statement 1 of the policy "inline" allows it on ${executionArn}/prod/*`,
    );
  });

  it("lets a developer's own keys through, which cannot be verified here", async () => {
    const own = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "theirs" };
    await (await connectClient(running.url, [], { headers: headersOf(own) })).close();
  });

  it("asks for nothing when IAM is off", async () => {
    await running.close();
    await start(new Credentials({ enforced: false }));
    await (await connectClient(running.url)).close();
  });
});
