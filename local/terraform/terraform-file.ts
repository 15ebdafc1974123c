// A Terraform JSON file as blocks: every resource and data source with its address, nothing resolved yet.
import { readFile } from "node:fs/promises";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { StackError } from "./stack-error.ts";

export type Json = Readonly<Record<string, unknown>>;

export interface Block {
  /** `aws_lambda_function.message`, `data.aws_region.current`. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly body: Json;
}

export interface TerraformFile {
  readonly path: string;
  readonly resources: readonly Block[];
  readonly data: readonly Block[];
  readonly locals: Json;
  readonly variables: Json;
  readonly outputs: Json;
  /** Provider configurations by name: `aws` may have several. */
  readonly providers: Readonly<Record<string, readonly Json[]>>;
}

/** Throws a StackError for a file that is missing, no JSON, or no Terraform. */
export async function readTerraformFile(path: string): Promise<TerraformFile> {
  const json = parseJson(path, await readText(path));
  if ("format_version" in json) {
    throw new StackError(path, [
      "this is what `terraform show -json` prints; the synthesized cdk.tf.json is needed, whose references say which part belongs to which",
    ]);
  }
  if (!("resource" in json))
    throw new StackError(path, [
      'there is no "resource" in it: a synthesized Terraform JSON file (cdk.tf.json) is needed',
    ]);
  const problems: string[] = [];
  const { resource, data, locals, variable, output, provider } = json;
  const file: TerraformFile = {
    path,
    resources: blocks(resource, "", problems),
    data: blocks(data, "data.", problems),
    locals: Object.assign({}, ...list(locals)),
    variables: withoutComments(variable),
    outputs: withoutComments(output),
    providers: Object.fromEntries(Object.entries(withoutComments(provider)).map(([name, one]) => [name, list(one)])),
  };
  if (problems.length > 0) throw new StackError(path, problems);
  return file;
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

function parseJson(path: string, text: string): Json {
  const errors: ParseError[] = [];
  const json: unknown = parse(text.replace(/^\uFEFF/, ""), errors, { disallowComments: true });
  const [first] = errors;
  if (first) {
    const before = text.slice(0, first.offset).split("\n");
    const place = `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new StackError(path, [`it is not JSON: ${printParseErrorCode(first.error)} at ${place} (line:column)`]);
  }
  if (!isObject(json)) throw new StackError(path, ["it is not a JSON object, so no Terraform file"]);
  return json;
}

function blocks(section: unknown, prefix: string, problems: string[]): Block[] {
  return Object.entries(withoutComments(section)).flatMap(([type, named]) =>
    Object.entries(withoutComments(named)).flatMap(([name, one]) => {
      const address = `${prefix}${type}.${name}`;
      const bodies = list(one);
      const [body] = bodies;
      if (bodies.length === 1 && body) return [{ address, type, name, body: withoutComments(body) }];
      problems.push(
        `${address}: expected one object, found ${Array.isArray(one) ? `a list of ${one.length}` : JSON.stringify(one)}`,
      );
      return [];
    }),
  );
}

/** Terraform takes `{...}` and `[{...}]` for the same. */
function list(value: unknown): Json[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

function withoutComments(value: unknown): Json {
  const merged: Json = Object.assign({}, ...list(value));
  return Object.fromEntries(Object.entries(merged).filter(([key]) => key !== "//"));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
