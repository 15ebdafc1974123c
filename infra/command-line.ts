// What all commands do with their options, and with mistakes in them.
import { type ParseArgsConfig, parseArgs, styleText } from "node:util";

/** The command is wrong, which is said together with how it is used. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Node's parseArgs; what it does not take, and an option with an empty value, is a UsageError. Empty is what a variable was that a script
 * did not set, and means what nobody asked for: the directory one is in, or every address of the machine.
 */
export function parseOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  const parsed = parse(config);
  for (const [name, value] of Object.entries(parsed.values)) {
    if ([value].flat().includes("")) throw new UsageError(`--${name} is empty: give it a value, or leave it out`);
  }
  return parsed;
}

function parse<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** For standard error: red where that is a terminal – which standard output may not be –, or where FORCE_COLOR asks for it. */
export function red(text: string): string {
  return styleText("red", text, { stream: process.stderr });
}

/**
 * Whoever reads what a command prints may leave before its end (`… | head -1`). That is no failure, and the command ends: what runs is closed as
 * by SIGTERM.
 */
export function endWithReader(end: () => void = endQuietly): void {
  let left = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", ({ code }: NodeJS.ErrnoException) => {
      // what cannot be written for another reason, such as a full disk, is a failure that nobody can be told
      if (code !== "EPIPE") process.exitCode ??= 1;
      if (!left) end();
      left = true;
    });
}

function endQuietly(): void {
  if (!process.emit("SIGTERM")) process.exit();
}
