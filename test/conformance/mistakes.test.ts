// The list of what local emulators commonly get wrong (§13): each has a test in this suite, or a reason why not.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const elsewhere: ReadonlyMap<number, string> = new Map([
  [31, "other integrations than Lambda and MOCK are refused by name when a stack is read (test/local/terraform)"],
  [
    32,
    "stale index reads and late TTL are faults to be switched on here (test/local/dynamodb); on AWS they come by chance",
  ],
]);

describe("§13 the 34 common mistakes", () => {
  const sources = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"));
  const named = sources.flatMap((text) => [...text.matchAll(/\(mistakes? ([\d, ]+)\)/g)]);
  const tested = new Set(named.flatMap(([, numbers = ""]) => numbers.split(",").map(Number)));

  for (let mistake = 1; mistake <= 34; mistake += 1) {
    it(`${mistake} has a test`, function () {
      const reason = elsewhere.get(mistake);
      if (reason === undefined) return void expect(tested.has(mistake)).to.equal(true);
      console.log(`      skipped: ${reason}`);
      this.skip();
    });
  }
});
