// A busy worker is handed its next invocations before it asks for them. Nobody may notice, but for the speed.
import { expect } from "chai";
import type { InvokeResult } from "#local/lambda/invoker.ts";
import { payloadOf, type RunningLambda, runLambda } from "../support/running-lambda.ts";

/** Counts in a worker of its own how often each event was run, and whether two ran at once. */
const source = `
let running = 0;
export const handler = async ({ id, end }, context) => {
  console.log("ran " + id);
  running++;
  const [atOnce, leftMs] = [running, context.getRemainingTimeInMillis()];
  if (end === "wait") await new Promise(() => {});
  if (end === "loop") for (;;);
  if (end === "exit") process.exit(3);
  if (end === "reject") { Promise.reject(new Error("rejected")); await new Promise(() => {}); }
  if (end === "crash") { setTimeout(() => { throw new TypeError("nobody waits for this"); }); await new Promise(() => {}); }
  if (end === "throw") { running--; throw new Error("thrown"); }
  if (end === "slowly") await new Promise((resolve) => setTimeout(resolve, 20));
  if (end === "busily") for (const start = Date.now(); Date.now() < start + 150; );
  running--;
  return { id, atOnce, leftMs };
};`;

/** All workers there may be from the start, so that what waits waits for a worker that is busy. */
const limits = { eagerWorkers: 2, maxWorkers: 2, growAfterMs: 20 };

describe("invocations that are handed to a busy worker", () => {
  let running: RunningLambda;
  const start = async (timeoutSeconds: number): Promise<void> => {
    running = await runLambda(source, { timeoutSeconds }, { limits });
    // so many that the function counts as quick, and its workers are handed many at once
    await invokeAll(Array.from({ length: 100 }, (_, id) => ({ id: `first-${id}` })));
  };
  const invokeAll = (all: readonly { id: string; end?: string }[]): Promise<InvokeResult[]> =>
    Promise.all(all.map((event) => running.invoke(event)));
  const runsOf = (id: string): number => running.lines().filter((line) => line.endsWith(`\tran ${id}`)).length;
  const events = (count: number): { id: string; end?: string }[] =>
    Array.from({ length: count }, (_, id) => ({ id: `${id}` }));

  afterEach(() => running.close());

  it("run one after the other, each with its whole time", async () => {
    await start(3);
    const busy = events(4).map((event) => ({ ...event, end: "busily" }));
    const slow = events(60).map((event) => ({ ...event, end: "slowly" }));
    const results = (await invokeAll([...busy, ...slow])).map(payloadOf);
    for (const result of results as { atOnce: number; leftMs: number }[]) {
      expect(result.atOnce).to.equal(1);
      expect(result.leftMs).to.be.within(2_900, 3_000);
    }
  });

  for (const [end, errorType] of [
    ["loop", "Sandbox.Timedout"],
    ["wait", "Sandbox.Timedout"],
    ["exit", "Runtime.ExitError"],
    ["throw", "Error"],
    ["reject", "Runtime.UnhandledPromiseRejection"],
    ["crash", "TypeError"],
  ] as const) {
    it(`run once, and elsewhere if need be, when the one before them ends by ${end}`, async () => {
      await start(1);
      const [first, ...others] = await invokeAll([{ id: "first", end }, { id: "second", end }, ...events(40)]);
      expect(first).to.include({ kind: "function-error", errorType });
      expect(others.shift()).to.include({ kind: "function-error", errorType });
      expect(others.map(payloadOf).map((result) => (result as { id: string }).id)).to.have.length(40);
      for (const { id } of [{ id: "first" }, { id: "second" }, ...events(40)]) expect(runsOf(id), id).to.equal(1);
    });
  }

  it("do not wait for a slow one: another worker takes them", async () => {
    await start(20);
    const slow = running.invoke({ id: "slow", end: "wait" });
    const others = await invokeAll(events(40));
    expect(others.every(({ kind }) => kind === "success")).to.equal(true);
    await running.close();
    expect((await slow).kind).to.equal("function-error");
  });

  it("are answered once and begun once at most, whatever becomes of the workers", async () => {
    await start(1);
    const ends = ["", "", "", "", "slowly", "throw", "exit", "reject", "crash", "busily", "wait"];
    for (const seed of [1, 2, 3]) {
      // all ends in an order of their own for each seed
      const all = events(60).map(({ id }, at) => ({
        id: `${seed}-${id}`,
        end: ends[(at * seed * 7 + seed) % ends.length] ?? "",
      }));
      const waits = all.filter(({ end }) => end === "wait").slice(2);
      for (const one of waits) one.end = "";
      const results = await invokeAll(all);
      for (const [at, { id, end }] of all.entries()) {
        const fails = ["throw", "exit", "reject", "crash", "wait"].includes(end);
        expect(results[at]?.kind, `${id} ${end}`).to.equal(fails ? "function-error" : "success");
        expect(runsOf(id), `${id} ${end}`).to.equal(1);
      }
    }
  });

  it("have their START after the END of the one before", async () => {
    await start(3);
    await invokeAll(events(40));
    const open = new Set<string>();
    let ended = 0;
    for (const line of running.lines()) {
      const [, mark, id = ""] = /^(START|END) RequestId: (\S+)/.exec(line) ?? [];
      if (mark === "START") open.add(id);
      if (mark === "END" && open.delete(id)) ended++;
      expect(open.size).to.be.at.most(limits.maxWorkers);
    }
    expect(ended).to.equal(140);
  });
});
