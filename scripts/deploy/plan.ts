import { rmSync } from "node:fs";
import path from "node:path";
import type { SynthesizedStack } from "#infra/synthesize.ts";
import { isInterrupted, stopIfInterrupted } from "./interruption.ts";
import { type PlanSummary, summarize } from "./plan-summary.ts";
import { NOTHING_CHANGED, StepError } from "./step-error.ts";
import type { Outcome, Terraform } from "./terraform.ts";

const FILE = "deploy.tfplan";

export async function init(terraform: Terraform, again: string): Promise<void> {
  const { status, output } = await look(terraform, "init", "-input=false");
  if (status === 0) return;
  const way = /S3 bucket .* does not exist/.test(output)
    ? "Make the bucket of the state: run this again with --with-bootstrap, once."
    : `If the state has moved: ${terraform.shown("init", "-migrate-state")}. Else put right what it says and run this again: ${again}`;
  throw new StepError(`${output}\n${terraform.shown("init")} failed.`, { changed: NOTHING_CHANGED, next: way });
}

/** undefined when there is nothing to do. Else apply does exactly what the summary says, or refuses. */
export async function plan(terraform: Terraform, again: string, ...args: string[]): Promise<PlanSummary | undefined> {
  const { status, output } = await look(
    terraform,
    "plan",
    ...args,
    "-input=false",
    "-detailed-exitcode",
    `-out=${FILE}`,
  );
  if (status === 0) return undefined;
  if (status !== 2)
    throw new StepError(`${output}\n${terraform.shown("plan")} failed.`, {
      changed: NOTHING_CHANGED,
      next: `Put right what it says and run this again: ${again}`,
    });
  const shown = await look(terraform, "show", "-json", FILE);
  if (shown.status !== 0)
    throw new StepError(`${shown.output}\n${terraform.shown("show")} failed.`, {
      changed: NOTHING_CHANGED,
      next: `Put right what it says and run this again: ${again}`,
    });
  return summarize(JSON.parse(shown.stdout));
}

export async function apply(terraform: Terraform, again: string): Promise<void> {
  await stopIfInterrupted();
  const { status } = await terraform.show("apply", "-input=false", FILE);
  if (status === 0) return;
  const changed =
    "What it says was created, changed or destroyed is so, and the state knows it; the rest is as it was.";
  if (await isInterrupted())
    throw new StepError(`${terraform.shown("apply")} was interrupted.`, {
      changed,
      next: `To do the rest run this again; it goes on from there: ${again}`,
    });
  throw new StepError(`${terraform.shown("apply")} failed.`, {
    changed,
    next: `Put right what it says and run this again; it goes on from there: ${again}`,
  });
}

/** What changes nothing. Terraform that was interrupted fails, or has just ended all the same: neither is to be judged. */
async function look(terraform: Terraform, ...args: readonly string[]): Promise<Outcome> {
  await stopIfInterrupted();
  const outcome = await terraform.quietly(...args);
  await stopIfInterrupted();
  return outcome;
}

/** A plan holds the state and all values: nobody needs it any longer. */
export function forgetPlan({ directory }: SynthesizedStack): void {
  rmSync(path.join(directory, FILE), { force: true });
}
