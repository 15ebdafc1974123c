import { readFileSync } from "node:fs";
import { buildProgram } from "./bundled-program.mjs";

/** One folder below the project, as infra/main.ts is, which finds the project from where it is. */
export const SYNTH = "dist/synth.mjs";

/**
 * `npm run synth` as one file.
 * @param {string} root
 */
export function buildSynth(root) {
  return buildProgram(root, { file: SYNTH, entry: "infra/main.ts", plugins: [withoutCreationStacks] });
}

/**
 * cdktf notes for each of its thousands of tokens where it was made, with the whole stack: a third of the time of a synth. Only messages about
 * tokens that cannot be resolved show it, and those are for whoever writes constructs – who runs the sources.
 * @type {import("esbuild").Plugin}
 */
const withoutCreationStacks = {
  name: "without-creation-stacks",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]cdktf[\\/]lib[\\/]tokens[\\/]private[\\/]stack-trace\.js$/ }, ({ path }) => {
      const code = readFileSync(path, "utf8");
      if (!code.includes("exports.captureStackTrace = captureStackTrace"))
        throw new Error(`${path} is not as expected`);
      return { contents: "exports.captureStackTrace = () => [];" };
    });
  },
};
