import { expect } from "chai";
import type { Stage } from "#local/stack.ts";
import { tokenBucket } from "#local/websocket/throttle.ts";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";

describe("throttle", () => {
  it("lets a burst through, then the rate", () => {
    const clock = new MovedClock();
    const bucket = tokenBucket({ burst: 2, rate: 10 }, clock);
    expect([bucket.take(), bucket.take(), bucket.take()]).to.deep.equal([true, true, false]);
    clock.move(100);
    expect([bucket.take(), bucket.take()]).to.deep.equal([true, false]);
    clock.move(60_000);
    expect([bucket.take(), bucket.take(), bucket.take()]).to.deep.equal([true, true, false]);
  });

  it("allows nothing with a rate or a burst of 0, everything without limits", () => {
    const clock = new MovedClock();
    expect(tokenBucket({ burst: 0, rate: 10 }, clock).take()).to.equal(false);
    expect(tokenBucket({ burst: 10, rate: 0 }, clock).take()).to.equal(false);
    expect(tokenBucket(undefined, clock).take()).to.equal(true);
  });

  describe("in the gateway", () => {
    let running: RunningGateway;
    const clock = new MovedClock();
    const invoker = new FakeInvoker({ a: () => ({ body: "a" }), b: () => ({ body: "b" }) });
    const functions = ["connect", "a", "b"].map((name) => buildFunction(name));
    const routes = [buildRoute("$connect"), buildRoute("a", { twoWay: true }), buildRoute("b", { twoWay: true })];
    const run = async (stage: Partial<Stage>, limits = {}): Promise<void> => {
      const stack = buildStack({ functions, apis: [buildApi([buildStage(routes, stage)])] });
      running = await runGateway({ stack, invoker, clock, limits });
    };
    afterEach(() => running.close());

    it("answers handshakes with 429", async () => {
      await run({ routeThrottles: { $connect: { burst: 1, rate: 1 } } });
      await connectClient(running.url);
      expect(await refusedHandshake(running.url)).to.include({ status: 429, body: '{"message":"Too Many Requests"}' });
      clock.move(1_000);
      await connectClient(running.url);
    });

    it("counts new connections of all stages, and no messages, against the account's own limit for them", async () => {
      await run({}, { newConnections: { burst: 2, rate: 1 } });
      const [client] = [await connectClient(running.url), await connectClient(running.url)];
      expect((await refusedHandshake(running.url)).status).to.equal(429);
      client.send({ action: "a" });
      expect(await client.next()).to.equal("a");
      clock.move(1_000);
      await connectClient(running.url);
    });

    it("answers messages with a frame, and the connection stays open", async () => {
      await run({ routeThrottles: { a: { burst: 1, rate: 1 } } });
      const client = await connectClient(running.url);
      client.send({ action: "a" });
      expect(await client.next()).to.equal("a");
      client.send({ action: "a" });
      expect(await client.next()).to.match(
        /^{"message": "Too Many Requests", "connectionId":"[^"]+", "requestId":"[^"]+"}$/,
      );
      client.send({ action: "b" });
      expect(await client.next()).to.equal("b");
    });

    it("gives each route a bucket of the stage's size unless it has its own", async () => {
      await run({ throttle: { burst: 1, rate: 1 }, routeThrottles: { b: { burst: 2, rate: 1 } } });
      const client = await connectClient(running.url);
      const answers: string[] = [];
      for (const action of ["a", "a", "b", "b", "b"]) {
        client.send({ action });
        answers.push((await client.next()).slice(0, 20));
      }
      const refused = '{"message": "Too Man';
      expect(answers).to.deep.equal(["a", refused, "b", "b", refused]);
    });

    it("counts handshakes and messages against the account's bucket", async () => {
      await run({}, { account: { burst: 2, rate: 1 } });
      const client = await connectClient(running.url);
      client.send({ action: "a" });
      expect(await client.next()).to.equal("a");
      client.send({ action: "b" });
      expect(await client.next()).to.include("Too Many Requests");
    });

    it("refuses every handshake of a stage with a throttle of 0", async () => {
      await run({ throttle: { burst: 0, rate: 0 } });
      clock.move(60_000);
      expect((await refusedHandshake(running.url)).status).to.equal(429);
    });
  });
});
