import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { assetPath, webAssetPath } from "./asset-path.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import type { Built } from "./websocket-api-stack.ts";

/** Puts beside cdk.tf.json what it refers to: the zips of the stage's functions, and the page's files. */
export function writeAssets(directory: string, stage: StageConfig | undefined, { bundles, webFiles }: Built): void {
  rmSync(path.join(directory, "assets"), { recursive: true, force: true });
  for (const [name, { bundle = name }] of Object.entries(stage?.functions ?? {}))
    write(path.join(directory, assetPath(bundle)), bundles.get(bundle)?.zip);
  if (stage?.web === undefined) return;
  for (const { name, bytes } of webFiles) write(path.join(directory, webAssetPath(name)), bytes);
}

function write(file: string, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
