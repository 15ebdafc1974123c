import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fields } from "./fields.ts";

/**
 * The stage files of a folder: those that name their stage, and those that extend a file while no other extends them –
 * so that a stage which forgot its name is refused, not overlooked. A file of common values and the schema are neither.
 */
export function findStages(folder: string): string[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json"))
    .map((name) => path.join(folder, name))
    .sort();
  const contents = new Map(files.map((file) => [file, readLoosely(file)]));
  const extended = new Set(
    [...contents].map(([file, { extends: base }]) => path.join(path.dirname(file), String(base))),
  );
  return files.filter((file) => {
    const content = contents.get(file) ?? {};
    return Object.hasOwn(content, "stage") || (Object.hasOwn(content, "extends") && !extended.has(file));
  });
}

/** `dev` is `<folder>/dev.json`; what looks like a path is one. */
export function stageFile(nameOrPath: string, folder: string): string {
  return /[/\\]|\.json$/.test(nameOrPath) ? nameOrPath : path.join(folder, `${nameOrPath}.json`);
}

/** A file that does not parse counts as a stage: loading it says what is wrong. */
function readLoosely(file: string): Readonly<Record<string, unknown>> {
  try {
    return fields(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return { stage: undefined };
  }
}
