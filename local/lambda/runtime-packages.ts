// Packages that are not in a function's code, and found all the same: the SDK of Lambda's runtime, and what layers bring.
// Node.js looks for packages in the folders above a file, so they are linked there (aws facts §10.1).
import { existsSync } from "node:fs";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { copyTree } from "./copy-tree.ts";
import { type CodeDirectory, contentHashOf, stagedOnce, unpackCode } from "./unpack-code.ts";

/** Scopes of the SDK that is part of the nodejs runtimes. */
const runtimeScopes = ["@aws-sdk", "@smithy"];

/** What this project has of the SDK, for all code below `root`. */
export async function offerRuntimePackages(root: string): Promise<void> {
  const packages = join(root, "node_modules");
  await mkdir(packages, { recursive: true });
  const manifest = createRequire(import.meta.url).resolve("@aws-sdk/client-dynamodb/package.json");
  const installed = join(manifest, "../../..");
  for (const scope of runtimeScopes) {
    const [from, to] = [join(installed, scope), join(packages, scope)];
    if (existsSync(from)) await symlink(from, to, "dir").catch(unlessThere);
  }
}

/** The code with the packages of its layers, zips or directories, in their order: a later one wins. */
export async function withLayers(
  code: CodeDirectory,
  layers: readonly string[],
  { root, runtimeMajor }: { readonly root: string; readonly runtimeMajor: number },
): Promise<CodeDirectory> {
  if (layers.length === 0) return code;
  const unpacked = await Promise.all(layers.map((layer) => unpackCode(layer, root)));
  const contentHash = contentHashOf([code, ...unpacked].map((one) => one.contentHash).join());
  const directory = await stagedOnce(root, contentHash, async (staged) => {
    await copyTree(code.directory, join(staged, "task"));
    for (const layer of unpacked.toReversed()) {
      for (const folder of [`node${runtimeMajor}/node_modules`, "node_modules"])
        await linkPackages(join(layer.directory, "nodejs", folder), join(staged, "node_modules"));
    }
  });
  return { ...code, directory: join(directory, "task"), contentHash };
}

/** Those that are not there yet; a scope's one by one. */
async function linkPackages(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name.startsWith("@")) await linkPackages(join(from, name), join(to, name));
    else await symlink(join(from, name), join(to, name), "dir").catch(unlessThere);
  }
}

function unlessThere(error: Error & { code?: string }): void {
  if (error.code !== "EEXIST") throw error;
}
