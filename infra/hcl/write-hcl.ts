import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { displayPath } from "../stage-file/display-path.ts";
import { fields } from "../stage-file/fields.ts";
import { SynthError } from "../synth-error.ts";
import type { SynthesizedStack } from "../synthesize.ts";
import { nestedBlocks } from "./nested-blocks.ts";
import { renderHcl } from "./render.ts";

const FILE = "main.tf";
const HEAD = "# Made of a stage file by `npm run synth -- --hcl`, once: from here on this file is the source.\n\n";

/** Whoever has left may have changed what was written: nothing is written beside it, or over it. */
export function refuseToOverwrite(outdir: string): void {
  const stacks = path.join(outdir, "stacks");
  const written = (existsSync(stacks) ? readdirSync(stacks) : []).map((name) => path.join(stacks, name, FILE));
  const [there] = written.filter((file) => existsSync(file));
  if (there !== undefined)
    throw new SynthError(`${displayPath(there)} is there already, and may have been changed: choose another --outdir`);
}

/** Puts main.tf in the place of cdk.tf.json – in one folder, Terraform would find everything twice – and answers with where it is. */
export function replaceByHcl({ construct, directory, file }: SynthesizedStack): string {
  const stack = fields(JSON.parse(readFileSync(file, "utf8")));
  const hcl = path.join(directory, FILE);
  writeFileSync(hcl, HEAD + renderHcl(stack, nestedBlocks(construct)));
  rmSync(file);
  return hcl;
}
