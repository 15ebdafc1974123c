import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { transformSync } from "esbuild";
import { root } from "#scripts/root.ts";

/** Things that live a while, again and again; the most that V8 had for old ones, in MB, once it had collected them for the first time. */
const CHURN = `
  const { getHeapSpaceStatistics } = await import("node:v8");
  const alive = [];
  let most = 0;
  for (let count = 0; count < 3_000_000; count++) {
    alive[count % 20_000] = { name: "member " + count, values: [count, count + 1, count + 2] };
    if (count > 1_000_000 && count % 1_000 === 0) {
      const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space");
      most = Math.max(most, old.space_size);
    }
  }
  process.stdout.write(String(most / 2 ** 20));
`;

describe("a small heap", function () {
  this.timeout(30_000);
  const file = readFileSync(path.join(root, "functions", "runtime", "small-heap.ts"), "utf8");
  const { code } = transformSync(file, { loader: "ts" });
  const keepSmall = `(await import("data:text/javascript,${encodeURIComponent(code)}")).keepHeapSmall();`;
  const mostOld = (before: string): number => {
    const options = ["--max-semi-space-size=1", "--input-type=module", "-e", before + CHURN];
    return Number(execFileSync(process.execPath, options, { encoding: "utf8" }));
  };

  it("is collected before garbage has piled up", () => {
    expect(mostOld(keepSmall)).to.be.at.most(0.8 * mostOld(""));
  });

  it("is not asked for where other threads have the same process", () => {
    const inWorker = `
      const { Worker } = await import("node:worker_threads");
      const script = ${JSON.stringify(`(async () => { ${keepSmall} })()`)};
      await new Promise((resolve, reject) => new Worker(script, { eval: true }).on("exit", resolve).on("error", reject));
    `;
    expect(mostOld(inWorker)).to.be.above(1.2 * mostOld(keepSmall));
  });
});
