// `npm run synth`, and what the cdktf command runs: one file, made anew when a source of it has changed.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildSynth, SYNTH } from "./build-synth.mjs";
import { isFresh } from "./bundled-program.mjs";

const root = path.join(import.meta.dirname, "..");

if (!isFresh(root, SYNTH)) await buildSynth(root);
// by URL, so that the compiler does not look into what was built
await import(pathToFileURL(path.join(root, SYNTH)).href);
