// The code of a function as Lambda takes it: a zip whose bytes depend on nothing but the built files.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Zippable, zipSync } from "fflate";
import { type Permissions, readPermissions } from "./permissions.ts";
import { displayPath } from "./stage-file/display-path.ts";
import { SynthError } from "./synth-error.ts";

export interface Bundle {
  readonly name: string;
  readonly zip: Uint8Array;
  /** Of the zip, in base64, as Terraform compares it with what Lambda has. */
  readonly sha256: string;
  readonly permissions: Permissions;
}

export interface BundleFolders {
  /** What `npm run build` made: `<distDir>/<bundle>/index.mjs`. */
  readonly distDir: string;
  /** The sources, for `<functionsDir>/<bundle>/permissions.json`. */
  readonly functionsDir: string;
}

/** Reads every bundle; what is missing of any of them is said at once. */
export function readBundles(names: Iterable<string>, folders: BundleFolders): ReadonlyMap<string, Bundle> {
  const bundles = new Map<string, Bundle>();
  const problems: string[] = [];
  for (const name of new Set(names)) {
    const zip = attempt(problems, () => zipFolder(path.join(folders.distDir, name)));
    const permissions = attempt(problems, () => readPermissions(folders.functionsDir, name));
    if (zip === undefined || permissions === undefined) continue;
    bundles.set(name, { name, zip, sha256: createHash("sha256").update(zip).digest("base64"), permissions });
  }
  if (problems.length > 0) throw new SynthError(problems.join("\n"));
  return bundles;
}

function attempt<T>(problems: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SynthError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

function zipFolder(folder: string): Uint8Array {
  const files = filesBelow(folder);
  if (!files.some((file) => /^index\.m?js$/.test(file)))
    throw new SynthError(`${displayPath(path.join(folder, "index.mjs"))} is missing. Build it first: npm run build`);
  // A zip keeps local time: these parts are the same instant on every clock, and 1980 is where its calendar begins.
  const mtime = new Date(1980, 0, 1);
  const readable = 0o644 << 16;
  const entries: Zippable = {};
  for (const file of files) {
    const name = file.replaceAll(path.sep, "/");
    entries[name] = [readFileSync(path.join(folder, file)), { mtime, os: 3, attrs: readable, level: 6 }];
  }
  return zipSync(entries);
}

function filesBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .sort();
  } catch {
    return [];
  }
}
