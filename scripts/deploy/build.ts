import { buildFunctions } from "../build-functions.ts";
import { buildWeb } from "../build-web.ts";
import { unwritable } from "../unwritable.mjs";
import { stopIfInterrupted } from "./interruption.ts";
import { again, step } from "./run.ts";
import { NOTHING_CHANGED, StepError } from "./step-error.ts";

/** Functions and page; esbuild prints what is wrong with them itself. */
export async function build(root: string, command: string): Promise<void> {
  try {
    const [functions] = await Promise.all([buildFunctions(root), buildWeb()]);
    await stopIfInterrupted();
    step("build", `${functions.length} functions and the page`);
  } catch (error) {
    // Ctrl-C ends esbuild, too
    await stopIfInterrupted();
    const why = unwritable(error) ?? (error instanceof Error ? error.message : error);
    throw new StepError(`The build failed: ${why}`, {
      changed: NOTHING_CHANGED,
      next: `Put right what it says and run this again: ${again(command)}`,
    });
  }
}
