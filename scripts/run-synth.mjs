// `npm run synth`, and what the cdktf command runs: one file, made anew when a source of it has changed.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildSynth, SYNTH } from "./build-synth.mjs";
import { isFresh } from "./bundled-program.mjs";
import { unwritable } from "./unwritable.mjs";

const root = path.join(import.meta.dirname, "..");

/** Whether it could be made. */
async function make() {
  try {
    await buildSynth(root);
    return true;
  } catch (error) {
    const why = unwritable(error);
    if (why === undefined) throw error;
    console.error(why);
    process.exitCode = 1;
    return false;
  }
}

// by URL, so that the compiler does not look into what was built
if (isFresh(root, SYNTH) || (await make())) await import(pathToFileURL(path.join(root, SYNTH)).href);
