// Ctrl-C, and the SIGTERM of a CI: remembered, so that nothing begins after it. What has begun is left to end: Ctrl-C reaches Terraform as
// well, which ends what it is at and writes the state.
import { setImmediate as loopTurn } from "node:timers/promises";
import { endWithReader } from "#infra/command-line.ts";
import { Declined, StepError } from "./step-error.ts";

const asked = new AbortController();

/** Aborted once somebody wants all of it to stop. */
export const interruption: AbortSignal = asked.signal;

export function heedInterruptions(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => asked.abort());
  // nothing is done that nobody sees
  endWithReader(() => asked.abort());
}

/** As of this moment: the event loop looks for signals once in a turn, so between two turns it has surely looked. */
export async function isInterrupted(): Promise<boolean> {
  await loopTurn();
  await loopTurn();
  return interruption.aborted;
}

/** To be asked between any two steps. `done`: what has been changed already, and how to do the rest; without it, nothing was. */
export async function stopIfInterrupted(done?: { readonly changed: string; readonly next: string }): Promise<void> {
  if (!(await isInterrupted())) return;
  throw done === undefined ? new Declined("Interrupted.") : new StepError("Interrupted.", done);
}
