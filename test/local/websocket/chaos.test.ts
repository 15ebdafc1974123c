import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { expect } from "chai";
import { Chaos, type Fault } from "#local/chaos/chaos.ts";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage, region } from "../support/stack-builder.ts";
import { connectClient } from "../support/test-client.ts";

const routes = [buildRoute("$connect"), buildRoute("$disconnect")];
const functions = [buildFunction("connect"), buildFunction("disconnect")];
const stack = buildStack({ functions, apis: [buildApi([buildStage(routes)])] });

describe("chaos in the gateway", () => {
  let running: RunningGateway;
  let invoker: FakeInvoker;
  const clock = new MovedClock();
  const start = async (...faults: Fault[]): Promise<void> => {
    invoker = new FakeInvoker();
    running = await runGateway({ stack, invoker, clock, chaos: new Chaos({ faults }) });
  };
  const disconnects = (): number => invoker.eventsOf("disconnect").length;
  const closeClient = async (): Promise<void> => {
    const client = await connectClient(running.url);
    await client.close();
  };
  afterEach(() => running.close());

  it("drops $disconnect", async () => {
    await start({ kind: "disconnect-drop", share: 1 });
    await closeClient();
    await running.close();
    expect(disconnects()).to.equal(0);
  });

  it("sends $disconnect twice, as two requests", async () => {
    await start({ kind: "disconnect-duplicate", share: 1 });
    await closeClient();
    await invoker.called("disconnect", 2);
    const [one, other] = invoker.eventsOf("disconnect").map(({ requestContext }) => requestContext);
    expect(one.connectionId).to.equal(other.connectionId);
    expect(one.requestId).not.to.equal(other.requestId);
  });

  it("delays $disconnect", async () => {
    await start({ kind: "disconnect-delay", share: 1, ms: 5_000 });
    const timers = clock.pending;
    await closeClient();
    while (clock.pending === timers || running.gateway.connectionCount > 0) await new Promise(setImmediate);
    clock.move(4_999);
    expect(disconnects()).to.equal(0);
    clock.move(1);
    await invoker.called("disconnect");
  });

  describe("of @connections", () => {
    const post = async (): Promise<{ name: string; status: number } | "sent"> => {
      const client = await connectClient(running.url);
      const { connectionId } = (await invoker.called("connect")).requestContext;
      const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" };
      const sdk = new ApiGatewayManagementApiClient({
        endpoint: running.managementUrl,
        region,
        credentials,
        maxAttempts: 1,
      });
      try {
        await sdk.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: "x" }));
        expect(await client.next()).to.equal("x");
        return "sent";
      } catch (error) {
        const { name, $metadata } = error as { name: string; $metadata: { httpStatusCode: number } };
        return { name, status: $metadata.httpStatusCode };
      } finally {
        sdk.destroy();
      }
    };

    it("answers 429 or 500, and nothing is delivered", async () => {
      await start({ kind: "connections-429", share: 1 });
      expect(await post()).to.deep.equal({ name: "LimitExceededException", status: 429 });
      await running.close();
      await start({ kind: "connections-500", share: 1 });
      expect(await post()).to.deep.equal({ name: "InternalServerErrorException", status: 500 });
    });

    it("is slow", async () => {
      await start({ kind: "connections-delay", share: 1, ms: 2_000 });
      const timers = clock.pending;
      const posted = post();
      let answered = false;
      void posted.then(() => {
        answered = true;
      });
      // Two of the open connection, and the delay's.
      while (clock.pending < timers + 3) await new Promise(setImmediate);
      clock.move(1_999);
      expect(answered).to.equal(false);
      clock.move(1);
      expect(await posted).to.equal("sent");
    });
  });
});
