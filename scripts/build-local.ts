// Bundles the emulator to dist/local/main.mjs: it then starts in half the time, without a TypeScript loader. `run-local.mjs`
// uses it as long as none of the files it was made of has changed.
import { rm } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { buildProgram } from "./bundled-program.mjs";

const LOCAL = "dist/local/main.mjs";

/** The Lambda runtime is loaded by its path, by worker threads: as one file, because each of them would look for every file of it. */
const RUNTIME = "local/lambda/runtime";

/** Answers with its size. */
export async function buildLocal(root: string): Promise<number> {
  const folder = path.join(root, path.dirname(LOCAL));
  await rm(folder, { recursive: true, force: true });
  await build({
    entryPoints: [path.join(root, RUNTIME, "bootstrap.mjs")],
    outfile: path.join(folder, "runtime", "bootstrap.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    charset: "utf8",
    logLevel: "silent",
  });
  return buildProgram(root, {
    file: LOCAL,
    entry: "scripts/local.ts",
    // dynalite loads its actions by name; the others are loaded only when a stack has models or templates
    external: ["dynalite", "ajv", "ajv-draft-04", "velocityjs", "json-p3"],
    besides: [RUNTIME],
  });
}
