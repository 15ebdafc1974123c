import { expect } from "chai";
import type { Stage } from "#local/stack.ts";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { runGateway } from "../support/running-gateway.ts";
import { apiId, buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";

const routes = [buildRoute("good", { twoWay: true }), buildRoute("bad")];
const functions = [buildFunction("good"), buildFunction("bad")];

/** The log of a good and a bad message, without the request ids. */
async function linesOf(stage: Partial<Stage>): Promise<string[]> {
  const invoker = new FakeInvoker({
    good: ({ body }) => ({ statusCode: 200, body }),
    bad() {
      throw new Error("boom");
    },
  });
  const running = await runGateway({
    stack: buildStack({ functions, apis: [buildApi([buildStage(routes, stage)])] }),
    invoker,
  });
  const client = await connectClient(running.url);
  for (const action of ["good", "bad"]) {
    client.send({ action, long: "ü".repeat(600) });
    await client.next();
  }
  await client.close();
  await running.close();
  return running.logs.of(`/aws/apigateway/${apiId}/dev`);
}

const plain = (line: string): string => line.replace(/^\([\w-]{15}=\) /, "").replace(/\d+ ms$/, "1 ms");

describe("execution log", () => {
  it("is not written at level OFF", async () => {
    expect(await linesOf({ executionLog: { level: "OFF", dataTrace: true } })).to.deep.equal([]);
  });

  it("has only what went wrong at level ERROR", async () => {
    const lines = await linesOf({ executionLog: { level: "ERROR", dataTrace: false } });
    expect(lines.map(plain)).to.deep.equal([
      "Lambda execution failed with status 200 due to customer function error: Error: boom. Lambda request id: 11111111-2222-3333-4444-555555555555",
      "Gateway response type: INTEGRATION_FAILURE with status code: 500",
    ]);
    expect(lines[0]).to.match(/^\([A-Za-z0-9_-]{15}=\) /);
  });

  it("tells the way of every request at level INFO, without its content", async () => {
    const lines = (await linesOf({ executionLog: { level: "INFO", dataTrace: false } })).map(plain);
    const of = lines.findIndex((line) => line.endsWith("(route good)"));
    const uri =
      "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:eu-central-1:000000000000:function:good/invocations";
    expect(lines.slice(of + 1, of + 7)).to.deep.equal([
      `Endpoint request URI: ${uri}`,
      `Sending request to ${uri}`,
      "Received response. Status: 200, Integration latency: 1 ms",
      "AWS Integration Endpoint RequestId : 11111111-2222-3333-4444-555555555555",
      "Successfully completed execution",
      "Method completed with status: 200",
    ]);
    expect(lines.join()).not.to.include("body");
  });

  it("has a handshake's protocols, and with them tokens, with data trace alone: stages with tokens may not have it", async () => {
    for (const dataTrace of [true, false]) {
      const stage = buildStage([buildRoute("$connect")], { executionLog: { level: "INFO", dataTrace } });
      const stack = buildStack({ functions: [buildFunction("$connect")], apis: [buildApi([stage])] });
      const running = await runGateway({ stack, invoker: new FakeInvoker({ $connect: () => ({ statusCode: 403 }) }) });
      await refusedHandshake(`${running.url}?token=hush-hush`, ["bearer", "hush-hush"]);
      await running.close();
      const lines = running.logs.of(`/aws/apigateway/${apiId}/dev`).join("\n");
      expect(lines).to.include("$connect");
      expect(lines.includes("hush-hush")).to.equal(dataTrace);
    }
  });

  it("has the content with data trace, cut off at 1,024 bytes", async () => {
    const lines = await linesOf({ executionLog: { level: "INFO", dataTrace: true } });
    const body = lines.find((line) => line.includes("Endpoint request body after transformations"));
    expect(body).to.match(/\[TRUNCATED\]$/);
    expect(Buffer.byteLength(body ?? "")).to.be.within(1000, 1024);
    expect(lines.some((line) => line.includes("Endpoint response body before transformations"))).to.equal(true);
  });

  it("is at the level of the route where that has one of its own", async () => {
    const chatty = { level: "INFO", dataTrace: true } as const;
    const silent = { level: "OFF", dataTrace: true } as const;
    const onlyGood = await linesOf({ routeExecutionLogs: { good: chatty } });
    expect(onlyGood.some((line) => line.endsWith("(route good)"))).to.equal(true);
    expect(onlyGood.some((line) => line.includes("Endpoint request body"))).to.equal(true);
    expect(onlyGood.join()).not.to.include("boom");
    const allButBad = await linesOf({ executionLog: chatty, routeExecutionLogs: { bad: silent } });
    expect(allButBad.some((line) => line.endsWith("(route good)"))).to.equal(true);
    expect(allButBad.join()).not.to.include("boom").and.not.to.include("INTEGRATION_FAILURE");
  });
});
