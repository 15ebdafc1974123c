import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { problemsOf, StageFolder } from "./stage-folder.ts";

const folder = new StageFolder();
const BASE = JSON.parse(readFileSync(folder.file("base.json"), "utf8"));

/** Paths of everything in base.json. */
function pathsIn(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, child]) => pathsIn(child, [...at, key]))];
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

describe("whatever stands in a stage file", () => {
  it("either it is right, or the problems say where in a file that exists", () => {
    const anywhere = fc.constantFrom(...pathsIn(BASE).filter((path) => path.length > 0));
    const extraKey = fc.option(fc.string(), { nil: undefined });
    const change = fc
      .tuple(anywhere, extraKey, fc.jsonValue())
      .map(([path, key, value]) => nested(key === undefined ? path : [...path, key], value));
    fc.assert(
      fc.property(change, (changed) => {
        for (const problem of problemsOf(folder.stage(changed as object))) {
          expect(existsSync(problem.file)).to.equal(true);
          expect(problem.line).to.be.above(0);
          expect(problem.found, problem.pointer).not.to.equal("");
          expect(problem.expected, problem.pointer).not.to.match(/^$|undefined|Invalid|another value/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("even text that is not JSON is answered with a place", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:0a \n\\/') }), (text) => {
        expect(problemsOf(folder.write("dev.json", text))).not.to.deep.equal([]);
      }),
    );
  });
});
