// The fixture stack, with one thing changed: most tests of the reader are about one mistake in a good file.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "#local/stack.ts";
import { readStack } from "#local/terraform/read-stack.ts";

export const fixture = join(import.meta.dirname, "../../fixtures/terraform/chat/cdk.tf.json");
export const where = { apiEndpoint: "ws://127.0.0.1:3001" };

/** Terraform JSON is loosely shaped, and a test that edits it knows what it holds. */
export interface Editable {
  [key: string]: Editable;
}

/** Gets the `resource` section and the whole file. */
export type Edit = (resource: Editable, terraform: Editable) => void;

export const set = (at: Editable | undefined, values: object): void => void Object.assign(at as Editable, values);

export async function stackOf(edit: Edit): Promise<Stack> {
  const directory = await mkdtemp(join(tmpdir(), "terraform-"));
  try {
    await cp(join(fixture, ".."), directory, { recursive: true });
    const file = join(directory, "cdk.tf.json");
    const terraform = JSON.parse(await readFile(file, "utf8"));
    edit(terraform.resource, terraform);
    await writeFile(file, JSON.stringify(terraform));
    return await readStack(file, where);
  } finally {
    await rm(directory, { recursive: true });
  }
}
