import { expect } from "chai";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient, refusedHandshake, type TestClient } from "../support/test-client.ts";

const routes = [buildRoute("$connect"), buildRoute("$disconnect")];
const functions = [buildFunction("connect"), buildFunction("disconnect")];
const stack = buildStack({ functions, apis: [buildApi([buildStage(routes)])] });

describe("$disconnect", () => {
  let running: RunningGateway;
  let invoker: FakeInvoker;
  const open = async (handlers: ConstructorParameters<typeof FakeInvoker>[0] = {}): Promise<TestClient> => {
    invoker = new FakeInvoker(handlers);
    running = await runGateway({ stack, invoker });
    return connectClient(running.url);
  };
  const cause = async (): Promise<unknown> => {
    const { disconnectStatusCode: code, disconnectReason: reason } = (await invoker.called("disconnect"))
      .requestContext;
    return { code, reason };
  };
  afterEach(() => running.close());

  it("tells of a close without a code", async () => {
    await (await open()).close();
    expect(await cause()).to.deep.equal({ code: 1005, reason: "Client-side close frame status not set" });
  });

  it("tells the client's own code and reason", async () => {
    await (await open()).close(1001, "");
    expect(await cause()).to.deep.equal({ code: 1001, reason: "" });
  });

  it("tells of a dropped connection with 1006", async () => {
    (await open()).socket.terminate();
    expect(await cause()).to.deep.equal({ code: 1006, reason: "" });
  });

  it("is not sent for a refused handshake", async () => {
    invoker = new FakeInvoker({ connect: () => ({ statusCode: 403 }) });
    running = await runGateway({ stack, invoker });
    await refusedHandshake(running.url);
    await running.close();
    expect(invoker.eventsOf("disconnect")).to.deep.equal([]);
  });

  it("is sent once, and its failure harms nobody", async () => {
    const client = await open({
      disconnect: () => {
        throw new Error("boom");
      },
    });
    await client.close();
    await cause();
    const other = await connectClient(running.url);
    await running.close();
    expect((await other.closed).code).to.equal(1001);
    expect(invoker.eventsOf("disconnect")).to.have.length(2);
  });

  it("runs for every open connection when the stack is stopped, and is waited for", async () => {
    const finished: string[] = [];
    const client = await open({
      async disconnect({ requestContext }) {
        await new Promise(setImmediate);
        finished.push(requestContext.disconnectReason);
      },
    });
    const other = await connectClient(running.url);
    await running.close();
    expect(finished).to.deep.equal(["Going away", "Going away"]);
    expect([await client.closed, await other.closed]).to.deep.equal(
      Array(2).fill({ code: 1001, reason: "Going away" }),
    );
  });

  it("is not waited for without end", async () => {
    const clock = new MovedClock();
    invoker = new FakeInvoker({ disconnect: () => new Promise(() => {}) });
    running = await runGateway({ stack, invoker, clock });
    await connectClient(running.url);
    const closed = running.gateway.close();
    await invoker.called("disconnect");
    clock.move(5_000);
    await closed;
  });
});
