import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { payloadOf, runLambda } from "../support/running-lambda.ts";

const source = `
const registry = new FinalizationRegistry(() => console.log("collected"));
export const handler = () => {
  const large = Array.from({ length: 500_000 }, (_, at) => ({ at }));
  registry.register(large, undefined);
  return typeof globalThis.gc;
};`;

describe("a worker that rests", () => {
  // V8 comes to it by itself, after eight seconds
  const patienceMs = 5_000;

  it("collects what its events have left, and a function has no gc", async function () {
    this.timeout(patienceMs);
    const running = await runLambda(source);
    await running.invoke();
    await running.logs.seen("/aws/lambda/f", /collected/);
    const gc = payloadOf(await running.invoke());
    await running.close();
    expect(gc).to.equal("undefined");
  });

  it("takes the collector from no other worker, nor gives it to the function of one that starts later", async function () {
    this.timeout(2 * patienceMs);
    const first = await runLambda(source);
    await first.invoke();
    await first.logs.seen("/aws/lambda/f", /collected/);
    expect(runInNewContext("typeof gc"), "the flag, which all threads share").to.equal("function");
    await first.close();
    const second = await runLambda(source);
    const gc = payloadOf(await second.invoke());
    await second.close();
    expect(gc).to.equal("undefined");
  });
});
