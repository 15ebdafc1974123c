import { styleText } from "node:util";
import { red, UsageError } from "#infra/command-line.ts";
import { StageFileError } from "#infra/stage-file/problem.ts";
import { SynthError } from "#infra/synth-error.ts";
import { heedInterruptions } from "./interruption.ts";
import { Declined, NOTHING_CHANGED, StepError } from "./step-error.ts";

/** Runs a command until it ends or is interrupted, and says what went wrong: 1 a step failed, 2 the command is wrong, 3 someone said no. */
export async function run(command: (args: string[]) => Promise<void>, usage: string): Promise<void> {
  heedInterruptions();
  try {
    await command(process.argv.slice(2));
  } catch (error) {
    process.exitCode = complain(error, usage);
  }
}

function complain(error: unknown, usage: string): number {
  if (error instanceof UsageError) {
    console.error(`${red(error.message)}\n\n${usage}`);
    return 2;
  }
  if (error instanceof StepError) {
    console.error(`${red(error.message)}\n${error.changed}\n${error.next}`);
    return error instanceof Declined ? 3 : 1;
  }
  if (error instanceof StageFileError || error instanceof SynthError) {
    console.error(`${red(error.message)}\n${NOTHING_CHANGED}\nCorrect it and run this again.`);
    return 1;
  }
  throw error;
}

/** The command as it was given, to be given again. */
export function again(name: string): string {
  const script = process.platform === "win32" ? `scripts/${name}.ps1` : `scripts/${name}.sh`;
  return [script, ...process.argv.slice(2)].join(" ");
}

/** What is being done, in front of what it says itself. */
export function step(name: string, about: string): void {
  console.log(`${styleText("bold", name.padEnd(8))}${about}`);
}
