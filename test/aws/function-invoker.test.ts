import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { CredentialProvider } from "#aws/cached-credentials.ts";
import { functionInvoker } from "#aws/function-invoker.ts";
import { sha256 } from "#aws/sigv4/sign-requests.ts";
import type { Pumps } from "#chat/pump-ports.ts";
import { Credentials } from "#local/iam/credentials.ts";
import { answerInvoke } from "#local/lambda/invoke-api.ts";
import { runLambda } from "../local/support/running-lambda.ts";
import { buildFunction, buildRole, region } from "../local/support/stack-builder.ts";
import { ManualTiming } from "./support/manual-timing.ts";
import { type Received, runScripted, type ScriptedServer } from "./support/scripted-server.ts";
import { sdkAuthorization } from "./support/sdk-signer.ts";

const ORDER = { conversation: "room:gäneral", shard: 2, seq: 7, at: 1 };
const FUNCTION = "websocket-api-dev-fanout:live";
const PATH = "/2015-03-31/functions/websocket-api-dev-fanout%3Alive/invocations";
const credentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };

const answer = (status: number, type = "", body = "") =>
  `HTTP/1.1 ${status} X\r\nx-amzn-errortype: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const ACCEPTED = answer(202);

describe("the function invoker", () => {
  let server: ScriptedServer;
  let timing: ManualTiming;
  let pumps: Pumps & { close(): void };
  const start = async (
    reply: (request: Received, count: number) => string | undefined,
    provider: CredentialProvider = async () => credentials,
  ) => {
    timing = new ManualTiming();
    // no wait between attempts
    timing.chance = 0;
    server = await runScripted(reply);
    const client = { config: { region: async () => "eu-central-1", credentials: provider } };
    pumps = functionInvoker({ client, functionName: FUNCTION, endpoint: server.origin.origin, timing });
  };
  const failure = async (asked: Promise<void>): Promise<Error> => {
    try {
      await asked;
    } catch (error) {
      return error as Error;
    }
    throw new Error("it did not fail");
  };
  /** Lets the waits between attempts pass. */
  const passing = async <T>(asked: Promise<T>): Promise<T> => {
    let isOver = false;
    const settled = asked.finally(() => {
      isOver = true;
    });
    settled.catch(() => {});
    while (!isOver) {
      timing.move(0);
      await new Promise(setImmediate);
    }
    return settled;
  };

  afterEach(async () => {
    pumps.close();
    await server.close();
    expect(timing.pending, "timers that nobody waits for").to.deep.equal([]);
  });

  it("asks for an event invocation, signed as the AWS SDK signs it", async () => {
    await start(() => ACCEPTED);
    await pumps.start(ORDER);
    const [{ head, body } = { head: "", body: "" }] = server.requests;
    expect(JSON.parse(body)).to.deep.equal(ORDER);
    const [line, ...lines] = head.split("\r\n");
    expect(line).to.equal(`POST ${PATH} HTTP/1.1`);
    const { authorization, ...headers } = Object.fromEntries(lines.map((one) => one.split(/: (.*)/)));
    expect(headers).to.include({
      "x-amz-invocation-type": "Event",
      "x-amz-content-sha256": sha256(body),
      "x-amz-security-token": "token",
    });
    const { "x-amz-date": _, "x-amz-security-token": __, ...given } = headers;
    const signing = { credentials, region: "eu-central-1", service: "lambda", at: new Date(timing.now()) };
    expect(authorization).to.equal(await sdkAuthorization({ method: "POST", headers: given }, PATH, {}, body, signing));
  });

  it("passes no trace on: a pump that starts the next one is no runaway loop", async () => {
    process.env._X_AMZN_TRACE_ID = "Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=1:a:3";
    try {
      await start(() => ACCEPTED);
      await pumps.start(ORDER);
      expect(server.requests[0]?.head.toLowerCase()).not.to.include("trace-id");
    } finally {
      delete process.env._X_AMZN_TRACE_ID;
    }
  });

  it("asks again when Lambda is throttled, fails, or closes the connection", async () => {
    await start(({ socket }, count) => {
      if (count === 1) return answer(429, "TooManyRequestsException");
      if (count === 2) return answer(500, "ServiceException");
      if (count === 4) return ACCEPTED;
      socket.destroy();
      return undefined;
    });
    await passing(pumps.start(ORDER));
    expect(server.requests).to.have.lengthOf(4);
  });

  it("gives up after some attempts, with an error that says that it is over in a moment", async () => {
    await start(() => answer(429, "TooManyRequestsException", '{"message":"Rate Exceeded."}'));
    const error = await failure(passing(pumps.start(ORDER)));
    expect(server.requests).to.have.lengthOf(4);
    expect(error.name).to.equal("ServiceUnavailable");
    expect(error.message).to.equal(
      `Lambda answered 429 TooManyRequestsException to the invocation of ${FUNCTION}: {"message":"Rate Exceeded."}`,
    );
  });

  it("does not ask again what is not allowed or not there", async () => {
    await start(() => answer(403, "AccessDeniedException", "not authorized"));
    expect((await failure(pumps.start(ORDER))).name).to.equal("AccessDeniedException");
    expect(server.requests).to.have.lengthOf(1);
  });

  it("asks for new credentials when AWS says that these have expired", async () => {
    const forced: (boolean | undefined)[] = [];
    await start(
      (_, count) => (count === 1 ? answer(403, "ExpiredTokenException") : ACCEPTED),
      async ({ forceRefresh } = {}) => {
        forced.push(forceRefresh);
        return credentials;
      },
    );
    await passing(pumps.start(ORDER));
    expect(forced).to.deep.equal([undefined, true]);
  });
});

describe("the function invoker against the local Lambda", () => {
  it("starts the function that its role may invoke, by its alias, and no other", async () => {
    const running = await runLambda("export const handler = async (event) => console.log(event.seq);", {
      aliases: ["live"],
    });
    const known = new Credentials();
    const { arn } = buildFunction("f");
    const role = buildRole("caller", [
      { effect: "Allow", actions: ["lambda:InvokeFunction"], resources: [`${arn}:live`] },
    ]);
    const key = known.issue({ role, functionName: "message" });
    const { service } = running;
    const server: Server = createServer(
      (request, response) => void answerInvoke(request, response, { service, credentials: known, region }),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = { config: { region: async () => region, credentials: async () => key } };
    const allowed = functionInvoker({ client, functionName: "f:live", endpoint });
    const refused = functionInvoker({ client, functionName: "f", endpoint });
    try {
      await allowed.start(ORDER);
      let name = "";
      await refused.start(ORDER).catch((error: Error) => {
        name = error.name;
      });
      expect(name).to.equal("AccessDeniedException");
    } finally {
      allowed.close();
      refused.close();
      server.close();
      server.closeAllConnections();
      await running.close();
    }
  });
});
