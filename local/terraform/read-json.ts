import { readFile } from "node:fs/promises";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { StackError } from "./stack-error.ts";

export type Json = Readonly<Record<string, unknown>>;

/** A JSON object; throws a StackError for a file that is missing or something else. */
export async function readJson(path: string): Promise<Json> {
  const errors: ParseError[] = [];
  const text = (await readText(path)).replace(/^\uFEFF/, "");
  const json = parseOf(path, text, errors);
  const [first] = errors;
  if (first) {
    const before = text.slice(0, first.offset).split("\n");
    const place = `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new StackError(path, [`it is not JSON: ${printParseErrorCode(first.error)} at ${place} (line:column)`]);
  }
  if (!isObject(json)) throw new StackError(path, ["it is not a JSON object, so no Terraform file"]);
  return json;
}

function parseOf(path: string, text: string, errors: ParseError[]): unknown {
  try {
    return parse(text, errors, { disallowComments: true });
  } catch (error) {
    // the parser calls itself for each level
    if (error instanceof RangeError) throw new StackError(path, ["it is nested too deep to be read"]);
    throw error;
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const reason = missing
      ? "there is no such file; synthesize it first"
      : `it cannot be read: ${error instanceof Error ? error.message : error}`;
    throw new StackError(path, [reason]);
  }
}
