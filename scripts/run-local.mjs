// `npm run local`: the bundle of the emulator if there is one and it is up to date, else its sources. Plain JavaScript, because
// a TypeScript loader costs more time than the emulator needs to start.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.join(import.meta.dirname, "..");
const bundle = path.join(root, "dist", "local", "main.mjs");

/** Whether nothing the bundle was made of is younger than it. */
function isFresh() {
  try {
    const builtAt = statSync(bundle).mtimeMs;
    /** @type {string[]} */
    const inputs = JSON.parse(readFileSync(path.join(path.dirname(bundle), "inputs.json"), "utf8"));
    return inputs.every((input) => changedAt(path.join(root, input)) <= builtAt);
  } catch {
    // Not built, or built of a file that is no more.
    return false;
  }
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

// by URL, so that the compiler does not look into what was built
if (isFresh()) await import(pathToFileURL(bundle).href);
else {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./local.ts");
}
