// A function's code as a directory: a zip is unpacked once per content, a directory is used where it is.
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { readZip, type ZipEntry } from "./read-zip.ts";

/** Unzipped size of a package (aws facts §10.2). */
const maxUnpackedBytes = 250 * 1024 * 1024;

export interface CodeDirectory {
  readonly directory: string;
  /** The same as long as no file in it changes. */
  readonly contentHash: string;
}

/** `root` is where unpacked zips go, in directories named after their content. */
export async function unpackCode(code: string, root: string): Promise<CodeDirectory> {
  if ((await stat(code)).isDirectory()) return { directory: code, contentHash: await hashDirectory(code) };
  const zip = await readFile(code);
  const contentHash = createHash("sha256").update(zip).digest("hex");
  const directory = join(root, contentHash.slice(0, 16));
  if (!existsSync(directory)) await unpack(code, zip, directory);
  return { directory, contentHash };
}

async function hashDirectory(directory: string): Promise<string> {
  const all = createHash("sha256");
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    const content = await readFile(file);
    all.update(`${relative(directory, file)}\0${content.length}\0`).update(content);
  }
  return all.digest("hex");
}

/** Functions of one bundle unpack it at the same time: each does so on its own, and who is first is kept. */
async function unpack(code: string, zip: Buffer, directory: string): Promise<void> {
  const partial = `${directory}.${randomUUID()}.partial`;
  await mkdir(partial, { recursive: true });
  await Promise.all((await entriesOf(code, zip)).map((entry) => writeEntry(code, entry, partial)));
  try {
    await rename(partial, directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
}

async function entriesOf(code: string, zip: Buffer): Promise<ZipEntry[]> {
  try {
    return await readZip(zip, maxUnpackedBytes);
  } catch (error) {
    throw new Error(`${code} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function writeEntry(code: string, { name, content }: ZipEntry, directory: string): Promise<void> {
  const file = resolve(directory, name);
  const inside = relative(directory, file);
  if (inside.startsWith("..") || resolve(directory, inside) !== file || inside === "") {
    throw new Error(`${code}: the entry "${name}" would be unpacked outside of the function's directory`);
  }
  if (name.endsWith("/") || name.endsWith(sep)) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
