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
  it("collects what its events have left, and a function has no gc", async function () {
    // V8 comes to it by itself, after eight seconds
    this.timeout(5_000);
    const running = await runLambda(source);
    await running.invoke();
    await running.logs.seen("/aws/lambda/f", /collected/);
    const gc = payloadOf(await running.invoke());
    await running.close();
    expect(gc).to.equal("undefined");
  });
});
