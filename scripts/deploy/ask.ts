import { createInterface } from "node:readline";
import { interruption } from "./interruption.ts";
import { Declined, NOTHING_CHANGED, StepError } from "./step-error.ts";

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

const OURS: Terminal = { input: process.stdin, output: process.stdout };

/** Throws Declined unless exactly `answer` is typed. */
export async function ask(question: string, answer: string, instead: string, terminal = OURS): Promise<void> {
  if (terminal.input.isTTY !== true)
    throw new StepError("There is nobody to ask: this is no terminal.", { changed: NOTHING_CHANGED, next: instead });
  const typed = await lineTyped(`${question} Type ${answer} to go on: `, terminal);
  if (typed === undefined) throw new Declined("The question was not answered.");
  if (typed.trim() !== answer) throw new Declined(`${JSON.stringify(typed.trim())} is not ${answer}.`);
}

/** undefined when none is: after Ctrl-C and Ctrl-D, which end readline – the terminal makes no signal of Ctrl-C meanwhile –, or a signal. */
async function lineTyped(question: string, { input, output }: Terminal): Promise<string | undefined> {
  const lines = createInterface({ input, output });
  const close = () => lines.close();
  interruption.addEventListener("abort", close, { once: true });
  try {
    return await new Promise((resolve) => {
      lines.once("close", () => {
        // the cursor is still behind the question
        output.write("\n");
        resolve(undefined);
      });
      lines.question(question, resolve);
    });
  } finally {
    interruption.removeEventListener("abort", close);
    lines.removeAllListeners("close").close();
  }
}
