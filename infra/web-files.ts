// The built chat page as it is uploaded: its files, what browsers are told they are, and their hashes.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { displayPath } from "./stage-file/display-path.ts";
import { SynthError } from "./synth-error.ts";

export interface WebFile {
  /** Below the page's root, with slashes. */
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

/** Source maps stay at home, and config.json is Terraform's: only it knows where the API answers. */
export function readWebFiles(folder: string): WebFile[] {
  const names = filesBelow(folder).filter((name) => !name.endsWith(".map") && name !== "config.json");
  if (!names.includes("index.html"))
    throw new SynthError(`${displayPath(path.join(folder, "index.html"))} is missing. Build it first: npm run build`);
  return names.map((name) => {
    const contentType = CONTENT_TYPES[path.extname(name)];
    if (contentType === undefined)
      throw new SynthError(
        `${displayPath(path.join(folder, name))}: no content type is known for ${path.extname(name)}`,
      );
    const bytes = readFileSync(path.join(folder, name));
    return { name, contentType, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
      .sort();
  } catch {
    return [];
  }
}
