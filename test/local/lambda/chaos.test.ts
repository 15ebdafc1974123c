import { expect } from "chai";
import { Chaos } from "#local/chaos/chaos.ts";
import { payloadOf, type RunningLambda, runLambda } from "../support/running-lambda.ts";

describe("chaos in Lambda", () => {
  let running: RunningLambda;
  afterEach(() => running.close());

  it("throttles invocations, until it ends", async () => {
    const chaos = new Chaos({ faults: [{ kind: "lambda-throttle", share: 1 }] });
    running = await runLambda("export const handler = async () => 1;", {}, { chaos });
    expect(await running.invoke()).to.include({ kind: "throttled" });
    chaos.use([]);
    expect(payloadOf(await running.invoke())).to.equal(1);
  });

  it("sets a function's clock wrong, and not its remaining time", async () => {
    const skew = 360_000;
    const source = `export const handler = async (event, context) => ({
      times: [Date.now(), new Date().getTime(), Date.parse(Date().replace(/\\(.*/, ""))],
      kept: new Date(5).getTime() === 5 && new Date() instanceof Date && Date.UTC(1970, 0) === 0,
      left: context.getRemainingTimeInMillis(),
    });`;
    const chaos = new Chaos({ faults: [{ kind: "clock-skew", share: 1, ms: skew }] });
    running = await runLambda(source, {}, { chaos });
    const { times, kept, left } = payloadOf(await running.invoke()) as { times: number[]; kept: boolean; left: number };
    for (const time of times) expect(time - Date.now()).to.be.within(skew - 2_000, skew + 2_000);
    expect(kept).to.equal(true);
    expect(left).to.be.within(1, 3_000);
  });
});
