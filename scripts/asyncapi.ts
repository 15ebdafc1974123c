// `npm run asyncapi`: writes what follows from the protocol's definitions – docs/asyncapi.yaml, and the tables of docs/protocol.md.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { asyncApiText } from "./asyncapi-document.ts";
import { withTables } from "./protocol-tables.ts";
import { root } from "./root.ts";

const yaml = path.join(root, "docs", "asyncapi.yaml");
const prose = path.join(root, "docs", "protocol.md");

writeFileSync(yaml, asyncApiText());
writeFileSync(prose, withTables(readFileSync(prose, "utf8")));
console.info(`Wrote ${path.relative(root, yaml)} and the tables of ${path.relative(root, prose)}.`);
