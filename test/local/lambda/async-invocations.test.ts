import { expect } from "chai";
import { Chaos } from "#local/chaos/chaos.ts";
import type { AsyncInvoke } from "#local/stack.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { type RunningLambda, runLambda } from "../support/running-lambda.ts";
import { buildFunction } from "../support/stack-builder.ts";

const group = "/aws/lambda/f";
const minute = 60_000;
const failing =
  "export const handler = async (event, context) => { console.log('ran', context.awsRequestId); throw new Error('boom'); };";

describe("asynchronous invocation", () => {
  const clock = new MovedClock();
  let running: RunningLambda;
  const run = async (
    source: string,
    asyncInvoke: Partial<AsyncInvoke> = {},
    options: Parameters<typeof runLambda>[2] = {},
  ): Promise<RunningLambda> => {
    const changes = { asyncInvoke: { maxRetries: 2, maxAgeSeconds: 21_600, ...asyncInvoke }, timeoutSeconds: 900 };
    running = await runLambda(source, changes, { clock, ...options });
    return running;
  };
  /** Waits for the nth report of a run. */
  const reported = async (count: number): Promise<void> => {
    while (running.lines().filter((line) => line.startsWith("REPORT")).length < count) {
      await new Promise(setImmediate);
    }
  };
  /** A retry is waiting: the idle workers' timers are there too. */
  const retryWaits = async (than: number): Promise<void> => {
    while (clock.pending <= than) await new Promise(setImmediate);
  };
  afterEach(() => running.close());

  it("answers before the function has run", async () => {
    const { service, logs } = await run("export const handler = async (event) => console.log('got', event.n);");
    expect(service.invokeLater("f", '{"n":7}')).to.include({ queued: true });
    expect(running.lines()).to.deep.equal([]);
    await logs.seen(group, /got 7/);
  });

  it("is tried again after one minute, then two, with the same request id, and then given up", async () => {
    const { service, logs, lines } = await run(failing);
    const { requestId } = service.invokeLater("f", "{}");
    await reported(1);
    const idle = clock.pending - 1;
    await retryWaits(idle);
    clock.move(minute - 1);
    expect(lines().filter((line) => line.startsWith("START"))).to.have.length(1);
    clock.move(1);
    await reported(2);
    await retryWaits(idle);
    clock.move(2 * minute);
    await reported(3);
    const dropped = JSON.parse(await logs.seen(group, /local\.asyncEventDropped/));
    expect(dropped.record).to.deep.equal({
      requestId,
      condition: "RetriesExhausted",
      invocations: 3,
      errorMessage: "boom",
    });
    const ids = lines().flatMap((line) => line.match(/ran ([\w-]+)/)?.[1] ?? []);
    expect(ids).to.deep.equal([requestId, requestId, requestId]);
  });

  it("is tried as often as configured", async () => {
    const { service, logs } = await run(failing, { maxRetries: 0 });
    service.invokeLater("f", "{}");
    expect(JSON.parse(await logs.seen(group, /asyncEventDropped/)).record.invocations).to.equal(1);
  });

  it("is not tried again when it would be too old", async () => {
    const { service, logs } = await run(failing, { maxAgeSeconds: 60, maxRetries: 2 });
    service.invokeLater("f", "{}");
    await reported(1);
    await retryWaits(clock.pending - 1);
    clock.move(minute);
    const { record } = JSON.parse(await logs.seen(group, /asyncEventDropped/));
    expect(record).to.include({ condition: "EventAgeExceeded", invocations: 2 });
  });

  it("that is throttled waits a second, then twice as long, and does not lose an attempt", async () => {
    const chaos = new Chaos({ faults: [{ kind: "lambda-throttle", share: 1 }] });
    const { service, logs } = await run(
      "export const handler = async () => console.log('at last');",
      { maxRetries: 0 },
      { chaos },
    );
    const timers = clock.pending;
    service.invokeLater("f", "{}");
    for (const wait of [1_000, 2_000, 4_000]) {
      await retryWaits(timers);
      clock.move(wait);
    }
    await retryWaits(timers);
    chaos.use([]);
    clock.move(8_000);
    await logs.seen(group, /at last/);
  });

  describe("in the end", () => {
    const onFailure = "arn:aws:sqs:eu-central-1:000000000000:failed";

    it("whose record is nested too deep for JSON.stringify is lost, and the next one is recorded", async () => {
      const { service, logs } = await run("export const handler = async () => 1;", { onSuccess: "arn:aws:sqs:r:1:q" });
      service.invokeLater("f", "[".repeat(20_000) + "]".repeat(20_000));
      expect(await logs.seen(group, /asyncDestinationFailed/)).to.include("Maximum call stack size exceeded");
      service.invokeLater("f", "{}");
      await logs.seen(group, /"local\.asyncDestination"/);
    });

    it("is recorded for its destination, as Lambda would send it", async () => {
      const { service, logs } = await run(failing, { maxRetries: 0, onFailure });
      const { requestId } = service.invokeLater("f", '{"n":1}');
      const { destination, record } = JSON.parse(await logs.seen(group, /local\.asyncDestination/)).record;
      expect(destination).to.equal(onFailure);
      expect(record).to.deep.include({ version: "1.0", requestPayload: { n: 1 } });
      expect(record.requestContext).to.deep.equal({
        requestId,
        functionArn: "arn:aws:lambda:eu-central-1:000000000000:function:f:$LATEST",
        condition: "RetriesExhausted",
        approximateInvokeCount: 1,
      });
      expect(record.responseContext).to.deep.equal({
        statusCode: 200,
        executedVersion: "$LATEST",
        functionError: "Unhandled",
      });
      expect(record.responsePayload).to.include({ errorType: "Error", errorMessage: "boom" });
    });

    it("is recorded for its dead-letter queue", async () => {
      const { service, logs } = await run(failing, { maxRetries: 0, deadLetter: onFailure });
      service.invokeLater("f", '{"n":1}');
      const { record } = JSON.parse(await logs.seen(group, /local\.asyncDeadLetter/));
      expect(record).to.include({ deadLetter: onFailure, errorMessage: "boom", payload: '{"n":1}' });
    });

    it("goes to a function of the stack", async () => {
      const { arn } = buildFunction("f");
      const { service, logs } = await run(
        `export const handler = async (event) => {
          if (event.requestPayload) console.log("record of", event.requestPayload.n, event.requestContext.condition);
          return "done"; };`,
        { onSuccess: arn },
      );
      service.invokeLater("f", '{"n":9}');
      await logs.seen(group, /record of 9 Success/);
    });
  });

  it("is dropped, and said to be, when too many wait", async () => {
    const { service, logs } = await run(
      "export const handler = () => new Promise(() => {});",
      {},
      { limits: { asyncEvents: 2, asyncConcurrency: 1 } },
    );
    const queued = [1, 2, 3].map(() => service.invokeLater("f", "{}").queued);
    expect(queued).to.deep.equal([true, true, false]);
    expect(await logs.seen(group, /asyncEventDropped/)).to.include("more than 2 events wait");
  });
});
