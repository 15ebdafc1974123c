// A function's code as a directory of its own, once per content: a zip is unpacked, a directory copied. There it sees what it
// sees on Lambda: no package.json and no node_modules of the project around it.
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { isCode } from "./code-files.ts";
import { copyTree } from "./copy-tree.ts";
import { readZip, type ZipEntry } from "./read-zip.ts";

/** Unzipped size of a package (aws facts §10.2). */
const maxUnpackedBytes = 250 * 1024 * 1024;

export interface CodeDirectory {
  readonly directory: string;
  /** The same as long as no file in it changes. */
  readonly contentHash: string;
  /** What it is a copy of, for people to read of. */
  readonly copyOf?: string;
}

/** `root` is where they go, in directories named after their content. */
export async function unpackCode(code: string, root: string): Promise<CodeDirectory> {
  if ((await stat(code)).isDirectory()) {
    if (isWithin(root, code)) {
      throw new Error(
        `${code} holds the directory for temporary files, which is no function's code: set TMPDIR to another`,
      );
    }
    const contentHash = await hashDirectory(code);
    return { directory: await stagedOnce(root, contentHash, (to) => copyTree(code, to)), contentHash, copyOf: code };
  }
  const zip = await readFile(code);
  const contentHash = contentHashOf(zip);
  return { directory: await stagedOnce(root, contentHash, (to) => unpack(code, zip, to)), contentHash };
}

/** A copy of it would hold itself. */
function isWithin(inner: string, outer: string): boolean {
  const way = relative(resolve(outer), resolve(inner));
  return way.split(sep)[0] !== ".." && !isAbsolute(way) && isCode(way);
}

export function contentHashOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Functions of one bundle want it at the same time: each makes it on its own, and who is first is kept. */
export async function stagedOnce(
  root: string,
  contentHash: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const directory = join(root, contentHash.slice(0, 16));
  if (existsSync(directory)) return directory;
  const partial = `${directory}.${randomUUID()}.partial`;
  await mkdir(partial, { recursive: true });
  await make(partial);
  try {
    await rename(partial, directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}

async function hashDirectory(directory: string): Promise<string> {
  const all = createHash("sha256");
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => isCode(relative(directory, file)));
  let bytes = 0;
  for (const file of files.sort()) {
    const content = await readFile(file);
    bytes += content.length;
    if (bytes > maxUnpackedBytes)
      throw new Error(`${directory} holds more than the ${maxUnpackedBytes / 1024 / 1024} MB that Lambda takes`);
    all.update(`${relative(directory, file)}\0${content.length}\0`).update(content);
  }
  return all.digest("hex");
}

async function unpack(code: string, zip: Buffer, directory: string): Promise<void> {
  await Promise.all((await entriesOf(code, zip)).map((entry) => writeEntry(code, entry, directory)));
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
