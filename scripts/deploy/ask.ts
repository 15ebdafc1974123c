import { createInterface } from "node:readline/promises";
import { Declined, NOTHING_CHANGED, StepError } from "./step-error.ts";

/** Throws Declined unless exactly `answer` is typed. */
export async function ask(question: string, answer: string, instead: string): Promise<void> {
  if (process.stdin.isTTY !== true)
    throw new StepError("There is nobody to ask: this is no terminal.", { changed: NOTHING_CHANGED, next: instead });
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const typed = await lines.question(`${question} Type ${answer} to go on: `);
    if (typed.trim() !== answer) throw new Declined(`${JSON.stringify(typed.trim())} is not ${answer}.`);
  } finally {
    lines.close();
  }
}
