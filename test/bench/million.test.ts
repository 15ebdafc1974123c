import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { root } from "#scripts/root.ts";
import { markdown, millionTables } from "../../bench/million.ts";
import { ASSUMED, EVEN_SHARE, simulate } from "../../bench/million-simulation.ts";

describe("a room of a million, on paper", function () {
  this.timeout(60_000);

  it("is in docs/architecture.md as `npm run bench million` prints it", async () => {
    const text = readFileSync(path.join(root, "docs", "architecture.md"), "utf8");
    for (const table of await millionTables()) expect(text).to.include(markdown(table));
  });

  it("is never simulated faster than the stage's rate, and not much slower where the rate is what counts", () => {
    for (const [members, shards, postsPerSecond] of [
      [10_000, 1, 4_000],
      [100_000, 1, 4_000],
      [100_000, 4, 10_000],
    ] as const) {
      const leastMs = (1_000 * members) / (postsPerSecond * EVEN_SHARE);
      expect(simulate({ members, shards, postsPerSecond }).lastMemberMs).to.be.within(leastMs, 1.1 * leastMs + 300);
    }
  });

  it("is bounded by what a pump can do where the rate is not: twice the pumps, half the time", () => {
    const [one, two] = [8, 16].map(
      (shards) => simulate({ members: 200_000, shards, postsPerSecond: 10_000_000 }).lastMemberMs,
    );
    const asideMs = 6 * ASSUMED.storeCall + ASSUMED.invoke;
    expect(((one ?? 0) - asideMs) / ((two ?? 0) - asideMs)).to.be.within(1.8, 2.2);
  });
});
