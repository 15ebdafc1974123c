import { expect } from "chai";
import { Turns } from "#local/dynamodb/turns.ts";

describe("turns of two groups", () => {
  /** Works until it is told to end. */
  function work(turns: Turns, group: "transactions" | "others", log: string[], name: string) {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const done = turns.take(group, async () => {
      log.push(name);
      await ended;
    });
    return {
      async end() {
        end();
        await done;
        await settled();
      },
    };
  }
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it("let one group in together, and the other after it, in the order of asking", async () => {
    const turns = new Turns();
    const log: string[] = [];
    const a = work(turns, "transactions", log, "a");
    const b = work(turns, "transactions", log, "b");
    const c = work(turns, "others", log, "c");
    const d = work(turns, "others", log, "d");
    const e = work(turns, "transactions", log, "e");
    await settled();
    expect(log).to.deep.equal(["a", "b"]);
    await a.end();
    expect(log).to.deep.equal(["a", "b"]);
    await b.end();
    expect(log).to.deep.equal(["a", "b", "c", "d"]);
    await d.end();
    await c.end();
    expect(log).to.deep.equal(["a", "b", "c", "d", "e"]);
    await e.end();
  });

  it("go on after a work that failed", async () => {
    const turns = new Turns();
    const failed = turns.take("transactions", () => Promise.reject(new Error("no")));
    const next = turns.take("others", async () => "done");
    expect(await failed.catch((error: Error) => error.message)).to.equal("no");
    expect(await next).to.equal("done");
  });
});
