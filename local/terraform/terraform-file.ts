// What is served, in any of the forms Terraform has for it, as blocks: every resource and data source with its address.
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type Json, readJson } from "./read-json.ts";
import { readTfDirectory } from "./read-tf-directory.ts";
import { shownFile } from "./shown/shown-file.ts";
import { writtenFile } from "./written-file.ts";

export type { Json };

export interface Block {
  /** `aws_lambda_function.message`, `data.aws_region.current`, `module.chat.aws_lambda_function.message["a"]`. */
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  /** Unique among the blocks of its mode and type. */
  readonly name: string;
  /** Its attributes; texts are templates, and a part that nobody knows is an `Unknown`. */
  readonly body: Json;
  /** Addresses without keys of what it waits for; undefined where that is not told. */
  readonly dependsOn?: readonly string[] | undefined;
}

export interface TerraformFile {
  readonly path: string;
  /** What paths in it are relative to. */
  readonly directory: string;
  readonly resources: readonly Block[];
  readonly data: readonly Block[];
  readonly locals: Json;
  readonly variables: Json;
  readonly outputs: Json;
  /** Provider configurations by name: `aws` may have several. */
  readonly providers: Readonly<Record<string, readonly Json[]>>;
  /** What could be read only in part, for people. */
  readonly notices: readonly string[];
}

/**
 * A directory of `*.tf.json`, one such file, or what `terraform show -json` prints for a plan or a state. Throws a StackError
 * for what is missing, no JSON, or no Terraform.
 */
export async function readTerraformFile(path: string): Promise<TerraformFile> {
  if (await isDirectory(path)) return writtenFile(path, path, await readTfDirectory(path));
  const json = await readJson(path);
  if ("format_version" in json) return shownFile(path, json);
  return writtenFile(path, dirname(path), json);
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
