// `npm run build`: every Lambda bundle and the web page.
import { styleText } from "node:util";
import { endWithReader, parseOptions, red, UsageError } from "#infra/command-line.ts";
import { buildFunctions } from "./build-functions.ts";
import { buildLocal } from "./build-local.ts";
import { buildSynth, SYNTH } from "./build-synth.mjs";
import { buildWeb } from "./build-web.ts";
import { root } from "./root.ts";
import { unwritable } from "./unwritable.mjs";

const USAGE = `npm run build

Bundles each Lambda to dist/functions/<name>/index.mjs (source maps apart, in dist/maps/),
the web page to dist/web/, the emulator to dist/local/, and npm run synth to dist/. Prints the size of each.`;

async function main(): Promise<void> {
  const { values } = parseOptions({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [bundles, web, local, synth] = await Promise.all([
    buildFunctions(root),
    buildWeb(),
    buildLocal(root),
    buildSynth(root),
  ]);
  const built = [
    ...bundles.map(({ name, bytes }) => ({ name, bytes, file: `dist/functions/${name}/index.mjs` })),
    { name: "web", bytes: web.scriptBytes, file: "dist/web/app.js" },
    { name: "local", bytes: local, file: "dist/local/main.mjs" },
    { name: "synth", bytes: synth, file: SYNTH },
  ];
  const widest = Math.max(...built.map(({ name }) => name.length));
  for (const { name, bytes, file } of built) {
    console.log(`${styleText("bold", name.padEnd(widest))}  ${kilobytes(bytes).padStart(9)}  ${file}`);
  }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

endWithReader();
try {
  await main();
} catch (error) {
  console.error(
    `${red("build failed:")} ${unwritable(error) ?? (error instanceof Error ? error.message : String(error))}`,
  );
  const usage = error instanceof UsageError;
  if (usage) console.error(`\n${USAGE}`);
  process.exitCode = usage ? 2 : 1;
}
