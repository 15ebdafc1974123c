// `npm run build`: every Lambda bundle and the web page.
import { parseArgs } from "node:util";
import pc from "picocolors";
import { buildFunctions } from "./build-functions.ts";
import { buildWeb } from "./build-web.ts";
import { root } from "./root.ts";

const USAGE = `npm run build

Bundles each Lambda to dist/functions/<name>/index.mjs (source maps apart, in dist/maps/)
and the web page to dist/web/. Prints the size of each.`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [bundles, web] = await Promise.all([buildFunctions(root), buildWeb()]);
  const widest = Math.max(...bundles.map((bundle) => bundle.name.length));
  for (const { name, bytes } of bundles) {
    console.log(`${pc.bold(name.padEnd(widest))}  ${kilobytes(bytes).padStart(8)}  dist/functions/${name}/index.mjs`);
  }
  console.log(`${pc.bold("web".padEnd(widest))}  ${kilobytes(web.scriptBytes).padStart(8)}  dist/web/app.js`);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

try {
  await main();
} catch (error) {
  console.error(`${pc.red("build failed:")} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
}
