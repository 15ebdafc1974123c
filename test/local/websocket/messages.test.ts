import { expect } from "chai";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient, type TestClient } from "../support/test-client.ts";

const functions = ["one", "two", "default"].map((name) => buildFunction(name));
const oneWay = buildRoute("one");
const twoWay = buildRoute("two", { twoWay: true });
const stackOf = (...routes: ReturnType<typeof buildRoute>[]) =>
  buildStack({ functions, apis: [buildApi([buildStage(routes)])] });
const ids = '"connectionId":"[A-Za-z0-9_-]{15}=", "requestId":"[A-Za-z0-9_-]{15}="}$';
const frame = (message: string): RegExp => new RegExp(`^{"message": "${message}", ${ids}`);

describe("messages", () => {
  let running: RunningGateway;
  let client: TestClient;
  const open = async (options: Parameters<typeof runGateway>[0]): Promise<TestClient> => {
    running = await runGateway(options);
    client = await connectClient(running.url);
    return client;
  };
  afterEach(async () => {
    expect(client.unread).to.deep.equal([]);
    await running.close();
  });

  it("without a route are answered with the Forbidden frame, byte for byte", async () => {
    await open({ stack: stackOf(oneWay), invoker: new FakeInvoker() });
    for (const text of ['{"action":"nope"}', "no json", "[1]", '"one"', "{}"]) {
      client.send(text);
      expect(await client.next()).to.match(frame("Forbidden"));
    }
    expect(client.socket.readyState).to.equal(client.socket.OPEN);
  });

  it("take $default when nothing else matches", async () => {
    const invoker = new FakeInvoker();
    await open({ stack: stackOf(oneWay, buildRoute("$default")), invoker });
    for (const text of ["no json", '{"action":"nope"}', '{"action":"$default"}', '{"action":"One"}']) client.send(text);
    await invoker.called("default", 4);
    expect(invoker.eventsOf("default").map(({ requestContext }) => requestContext.routeKey)).to.deep.equal(
      Array(4).fill("$default"),
    );
  });

  it("cannot play $connect or $disconnect", async () => {
    const invoker = new FakeInvoker();
    const connectRoute = buildRoute("$connect", { integration: { functionName: "one" } });
    const disconnectRoute = buildRoute("$disconnect", { integration: { functionName: "one" } });
    await open({ stack: stackOf(connectRoute, disconnectRoute), invoker });
    client.send({ action: "$connect" });
    expect(await client.next()).to.match(frame("Forbidden"));
    client.send({ action: "$disconnect" });
    expect(await client.next()).to.match(frame("Forbidden"));
    expect(invoker.calls).to.have.length(1);
  });

  it("of a one-way route bring no frame, whatever the function returns", async () => {
    const results = [{ statusCode: 200, body: "x" }, { statusCode: 401, body: "x" }, { statusCode: 501 }, null, "text"];
    const invoker = new FakeInvoker({ one: ({ body }) => results[JSON.parse(body).n], two: () => ({ body: "end" }) });
    await open({ stack: stackOf(oneWay, twoWay), invoker });
    for (const n of results.keys()) client.send({ action: "one", n });
    await invoker.called("one", results.length);
    client.send({ action: "two" });
    expect(await client.next()).to.equal("end");
  });

  it("are answered with Internal server error when the function throws, on both kinds of route", async () => {
    const fail = (): never => {
      throw new Error("boom");
    };
    await open({ stack: stackOf(oneWay, twoWay), invoker: new FakeInvoker({ one: fail, two: fail }) });
    for (const action of ["one", "two"]) {
      client.send({ action });
      expect(await client.next()).to.match(frame("Internal server error"));
    }
  });

  it("are answered with Internal server error when API Gateway may not invoke the function", async () => {
    const invoker = new FakeInvoker();
    await open({ stack: { ...stackOf(oneWay), functions: [buildFunction("one", { permissions: [] })] }, invoker });
    client.send({ action: "one" });
    expect(await client.next()).to.match(frame("Internal server error"));
    expect(invoker.calls).to.deep.equal([]);
  });

  it("are answered with Endpoint request timed out when the integration's own timeout passes", async () => {
    const clock = new MovedClock();
    const invoker = new FakeInvoker({ one: () => new Promise(() => {}) });
    await open({ stack: stackOf(buildRoute("one", { integration: { timeoutMs: 500 } })), invoker, clock });
    client.send({ action: "one" });
    await invoker.called("one");
    clock.move(500);
    expect(await client.next()).to.match(frame("Endpoint request timed out"));
  });

  it("leave no timer behind", async () => {
    const clock = new MovedClock();
    await open({ stack: stackOf(twoWay), invoker: new FakeInvoker({ two: () => ({ body: "x" }) }), clock });
    const before = clock.pending;
    for (let n = 0; n < 20; n++) {
      client.send({ action: "two" });
      await client.next();
    }
    expect(clock.pending).to.equal(before);
  });

  it("name the caller's own connection in error frames", async () => {
    const invoker = new FakeInvoker();
    await open({ stack: stackOf(oneWay), invoker });
    client.send({ action: "one" });
    const { requestContext } = await invoker.called("one");
    client.send("?");
    expect(JSON.parse(await client.next()).connectionId).to.equal(requestContext.connectionId);
  });

  describe("of a two-way route", () => {
    it("bring the body of the result as it is", async () => {
      await open({
        stack: stackOf(twoWay),
        invoker: new FakeInvoker({ two: () => ({ statusCode: 200, body: "ünï" }) }),
      });
      client.send({ action: "two" });
      expect(await client.next()).to.equal("ünï");
    });

    it("bring no frame when there is no body", async () => {
      const results = [{ statusCode: 200 }, null, "text", { body: "end" }];
      const invoker = new FakeInvoker({ two: ({ body }) => results[JSON.parse(body).n] });
      await open({ stack: stackOf(twoWay), invoker });
      for (const n of results.keys()) client.send({ action: "two", n });
      expect(await client.next()).to.equal("end");
    });

    for (const result of [
      { statusCode: 400, body: "no" },
      { statusCode: 200, body: { a: 1 } },
    ]) {
      it(`are an error with the result ${JSON.stringify(result)}`, async () => {
        await open({ stack: stackOf(twoWay), invoker: new FakeInvoker({ two: () => result }) });
        client.send({ action: "two" });
        expect(await client.next()).to.match(frame("Internal server error"));
      });
    }

    it("run at the same time: a quick reply overtakes a slow one", async () => {
      let answerSlow = (_result: unknown): void => {};
      const slow = new Promise((resolve) => {
        answerSlow = resolve;
      });
      const invoker = new FakeInvoker({ two: ({ body }) => (JSON.parse(body).slow ? slow : { body: "quick" }) });
      await open({ stack: stackOf(twoWay), invoker });
      client.send({ action: "two", slow: true });
      client.send({ action: "two" });
      expect(await client.next()).to.equal("quick");
      answerSlow({ body: "slow" });
      expect(await client.next()).to.equal("slow");
    });
  });

  it("of a route with a one-way MOCK integration reach no function and bring no frame", async () => {
    const invoker = new FakeInvoker({ two: () => ({ body: "end" }) });
    await open({ stack: stackOf(buildRoute("mock", { integration: { type: "MOCK" } }), twoWay), invoker });
    client.send({ action: "mock" });
    client.send({ action: "two" });
    expect(await client.next()).to.equal("end");
    expect(invoker.calls).to.have.length(1);
  });
});
