// `npm run asyncapi`: writes what follows from the protocol's definitions – docs/asyncapi.yaml, and the tables of docs/protocol.md.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { endWithReader, parseOptions } from "#infra/command-line.ts";
import { asyncApiText } from "./asyncapi-document.ts";
import { withTables } from "./protocol-tables.ts";
import { root } from "./root.ts";
import { unwritable } from "./unwritable.mjs";

const USAGE = `Usage: npm run asyncapi

Writes what follows from protocol/: docs/asyncapi.yaml, and the tables of docs/protocol.md. There are no options but --help.`;

function write(): void {
  const yaml = path.join(root, "docs", "asyncapi.yaml");
  const prose = path.join(root, "docs", "protocol.md");
  writeFileSync(yaml, asyncApiText());
  writeFileSync(prose, withTables(readFileSync(prose, "utf8")));
  console.info(`Wrote ${path.relative(root, yaml)} and the tables of ${path.relative(root, prose)}.`);
}

function asksForHelp(): boolean {
  try {
    return parseOptions({ options: { help: { type: "boolean", short: "h", default: false } } }).values.help;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

endWithReader();
if (asksForHelp()) console.info(USAGE);
else {
  try {
    write();
  } catch (error) {
    const why = unwritable(error);
    if (why === undefined) throw error;
    console.error(why);
    process.exitCode = 1;
  }
}
