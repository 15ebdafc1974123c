import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import path from "node:path";
import { SynthError } from "./synth-error.ts";

/** Throws a SynthError where nothing can be written: found before anything is. */
export function makeOutdir(outdir: string): void {
  try {
    make(path.resolve(outdir));
    // permissions do not tell it: the disk may be read-only, or full
    rmdirSync(mkdtempSync(path.join(outdir, ".tried-")));
  } catch (error) {
    throw new SynthError(`nothing can be written to ${outdir}: ${(error as Error).message}; choose another --outdir`);
  }
}

/** Level by level: Node's `recursive` never comes back where the system makes no directory in one that is there, such as /proc (Node 20.20). */
function make(directory: string): void {
  const parent = path.dirname(directory);
  if (parent !== directory && !existsSync(parent)) make(parent);
  if (!existsSync(directory)) mkdirSync(directory);
}
