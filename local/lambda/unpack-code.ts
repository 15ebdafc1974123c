// A function's code as a directory: a zip is unpacked once per content, a directory is used where it is.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { unzipSync } from "fflate";

/** Unzipped size of a package (aws facts §10.2). */
const maxUnpackedBytes = 250 * 1024 * 1024;

/** `root` is where unpacked zips go, in directories named after their content. */
export async function unpackCode(code: string, root: string): Promise<string> {
  if ((await stat(code)).isDirectory()) return code;
  const zip = await readFile(code);
  const directory = join(root, createHash("sha256").update(zip).digest("hex").slice(0, 16));
  if (existsSync(directory)) return directory;
  const partial = `${directory}.${process.pid}.partial`;
  await rm(partial, { recursive: true, force: true });
  await writeEntries(code, zip, partial);
  await rename(partial, directory);
  return directory;
}

async function writeEntries(code: string, zip: Uint8Array, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(unzip(code, zip))) {
    const file = resolve(directory, name);
    const inside = relative(directory, file);
    if (inside.startsWith("..") || resolve(directory, inside) !== file || inside === "") {
      throw new Error(`${code}: the entry "${name}" would be unpacked outside of the function's directory`);
    }
    if (name.endsWith("/") || name.endsWith(sep)) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

function unzip(code: string, zip: Uint8Array): Record<string, Uint8Array> {
  let bytes = 0;
  try {
    return unzipSync(zip, {
      filter({ originalSize }) {
        bytes += originalSize;
        if (bytes > maxUnpackedBytes) throw new Error("it unpacks to more than the 250 MB that Lambda takes");
        return true;
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${code} cannot be unpacked: ${reason}`);
  }
}
