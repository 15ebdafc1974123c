// What the project's own stages become, word for word, so that a review sees what a change of infra/, stages/ or a permissions.json does to
// everything. Written anew with UPDATE_SNAPSHOTS=1; functions and page are stand-ins, so that their code does not matter.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { nestedBlocks } from "#infra/hcl/nested-blocks.ts";
import { renderHcl } from "#infra/hcl/render.ts";
import { synthesize } from "#infra/synthesize.ts";
import { root } from "#scripts/root.ts";
import { Bundles, readStack, temporaryFolder } from "./synthesized.ts";

const FOLDER = path.join(root, "test", "fixtures", "synthesized");
const UPDATE = "UPDATE_SNAPSHOTS=1 npx mocha test/infra/snapshots.test.ts";

/** The lines of one that are not in the other. */
function only(sign: string, one: string, other: string): string[] {
  const others = new Set(other.split("\n"));
  return one.split("\n").flatMap((line) => (others.has(line) ? [] : [`${sign} ${line.trim()}`]));
}

describe("what is deployed", () => {
  for (const name of ["dev", "prod"]) {
    it(`of ${name} is as it was, or was looked at`, () => {
      const stageFiles = [path.join(root, "stages", `${name}.json`)];
      const [stack] = synthesize({ stageFiles, outdir: temporaryFolder(), ...Bundles.ofProject() });
      if (stack === undefined) throw new Error(`${name} gave no stack`);
      const made = renderHcl({ ...readStack(stack) }, nestedBlocks(stack.construct));
      const file = path.join(FOLDER, `${name}.tf`);
      if (process.env.UPDATE_SNAPSHOTS === "1") {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(file, made);
      }
      const kept = readFileSync(file, "utf8");
      expect([...only("-", kept, made), ...only("+", made, kept)], `if that is meant: ${UPDATE}`).to.deep.equal([]);
      expect(made, `the order; if that is meant: ${UPDATE}`).to.equal(kept);
    });
  }
});
