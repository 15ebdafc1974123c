// The poster against the local gateway: what API Gateway says, through real sockets.
import { expect } from "chai";
import { type ConnectionPoster, connectionPoster } from "#aws/connection-poster.ts";
import type { Credentials } from "#aws/sigv4/sign-requests.ts";
import { FakeInvoker } from "../local/support/fake-invoker.ts";
import { type RunningGateway, runGateway } from "../local/support/running-gateway.ts";
import {
  buildApi,
  buildFunction,
  buildRole,
  buildRoute,
  buildStack,
  buildStage,
  executionArn,
  region,
} from "../local/support/stack-builder.ts";
import { connectClient, type TestClient } from "../local/support/test-client.ts";

const functions = [buildFunction("connect"), buildFunction("disconnect")];
const stack = buildStack({
  functions,
  apis: [buildApi([buildStage([buildRoute("$connect"), buildRoute("$disconnect")])])],
});
const sender = buildRole("sender", [
  {
    effect: "Allow",
    actions: ["execute-api:ManageConnections"],
    resources: [`${executionArn}/dev/POST/@connections/*`],
  },
]);

describe("the connection poster and the gateway", () => {
  let running: RunningGateway;
  let invoker: FakeInvoker;
  let client: TestClient;
  let connectionId: string;
  let posters: ConnectionPoster[];
  let failures: string[];
  const posterOf = (role: ReturnType<typeof buildRole>, endpoint = running.managementUrl): ConnectionPoster => {
    const credentials: Credentials = running.credentials.issue({ role, functionName: "message" });
    const config = { region: async () => region, credentials: async () => credentials };
    const onFailure = (_: string, { message }: Error) => failures.push(message);
    const poster = connectionPoster({ client: { config }, endpoint, onFailure });
    posters.push(poster);
    return poster;
  };

  beforeEach(async () => {
    posters = [];
    failures = [];
    invoker = new FakeInvoker();
    running = await runGateway({ stack, invoker });
    client = await connectClient(running.url);
    connectionId = (await invoker.called("connect")).requestContext.connectionId;
  });
  afterEach(async () => {
    for (const poster of posters) poster.close();
    client.socket.terminate();
    await running.close();
  });

  it("brings frames to the client, in order", async () => {
    const poster = posterOf(sender);
    for (const text of ["first", "häßlich 🙂", "x".repeat(32_000)]) {
      expect(await poster.post(connectionId, text)).to.equal("sent");
      expect(await client.next()).to.equal(text);
    }
  });

  it("learns that a connection is gone, and that one never was", async () => {
    const poster = posterOf(sender);
    client.socket.terminate();
    await invoker.called("disconnect");
    expect(await poster.post(connectionId, "x")).to.equal("gone");
    expect(await poster.post("AAAAAAAAAAAAAAA=", "x")).to.equal("gone");
  });

  it("fails on an id that is none, and on a frame that is too long", async () => {
    const poster = posterOf(sender);
    expect(await poster.post("nonsense", "x")).to.equal("failed");
    expect(await poster.post(connectionId, "x".repeat(131_073))).to.equal("failed");
    expect(await poster.post(connectionId, "x")).to.equal("sent");
    expect(failures[0]).to.equal("@connections answered 400 BadRequestException: Invalid connectionId: nonsense");
    expect(failures[1]).to.match(/^@connections answered 413 PayloadTooLargeException/);
  });

  it("is refused without the permission, and repeats what IAM says", async () => {
    expect(await posterOf(buildRole("nobody")).post(connectionId, "x")).to.equal("failed");
    expect(failures[0]).to.contain("403 ForbiddenException").and.to.contain("execute-api:ManageConnections");
  });

  it("is refused at an endpoint without the stage", async () => {
    expect(await posterOf(sender, `http://127.0.0.1:${running.port}`).post(connectionId, "x")).to.equal("failed");
    expect(failures[0]).to.contain("403").and.to.contain("has to be the stage's URL");
  });
});
