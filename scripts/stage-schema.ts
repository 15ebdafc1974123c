// Writes stages/stage.schema.json from the schema that checks stage files.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stageFileSchema } from "#infra/stage-file/stage-json-schema.ts";

export const SCHEMA_FILE = "stage.schema.json";

export function stageSchemaText(): string {
  return `${JSON.stringify(stageFileSchema(), null, 2)}\n`;
}

/** Answers whether the file had to change. */
export function writeStageSchema(folder: string): boolean {
  const file = path.join(folder, SCHEMA_FILE);
  const text = stageSchemaText();
  if (readOrEmpty(file) === text) return false;
  writeFileSync(file, text);
  return true;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
