// A command as one file, which starts in a fraction of the time that its sources take: it is made of them when one of them is younger than it.
// Plain JavaScript, because a TypeScript loader costs more time than the commands need to start.
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What CommonJS packages inside an ES module call. */
const REQUIRE =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

/**
 * Whether nothing that `file` was made of is younger than it.
 * @param {string} root
 * @param {string} file below root
 */
export function isFresh(root, file) {
  try {
    const builtAt = statSync(path.join(root, file)).mtimeMs;
    /** @type {string[]} */
    const inputs = JSON.parse(readFileSync(path.join(root, inputsOf(file)), "utf8"));
    return inputs.every((input) => changedAt(path.join(root, input)) <= builtAt);
  } catch {
    // Not built, or built of a file that is no more.
    return false;
  }
}

/**
 * Answers with the size of what it wrote.
 * @param {string} root
 * @param {{ file: string, entry: string, external?: string[], plugins?: import("esbuild").Plugin[], besides?: string[] }} program
 *   paths below root; `besides`: what else the file is made of
 */
export async function buildProgram(root, { file, entry, external = [], plugins = [], besides = [] }) {
  const { build } = await import("esbuild");
  const startedAt = new Date();
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join(root, file),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    external,
    plugins,
    banner: { js: REQUIRE },
    legalComments: "none",
    charset: "utf8",
    logLevel: "silent",
    metafile: true,
    write: false,
  });
  const contents = outputFiles[0]?.contents ?? new Uint8Array();
  const inputs = Object.keys(metafile.inputs).filter((input) => !input.includes(":"));
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  replace(path.join(root, inputsOf(file)), JSON.stringify([...inputs, ...besides]), startedAt);
  replace(path.join(root, file), contents, startedAt);
  return contents.length;
}

/** @param {string} file */
function inputsOf(file) {
  return `${file.slice(0, -path.extname(file).length)}.inputs.json`;
}

/**
 * At once, so that nobody runs half of it; as old as when it was begun, so that a source that changed meanwhile is younger.
 * @param {string} file
 * @param {string | Uint8Array} contents
 * @param {Date} at
 */
function replace(file, contents, at) {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, contents);
  utimesSync(next, at, at);
  renameSync(next, file);
}

/**
 * Of a file, or of the youngest file in a directory.
 * @param {string} file
 * @returns {number}
 */
function changedAt(file) {
  const stats = statSync(file);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(...readdirSync(file).map((name) => changedAt(path.join(file, name))));
}
