// What functions write to standard output past the console: Lambda looks for its level (LDG, "Log-level filtering"), and takes what has none
// for INFO. Metrics in the embedded format are such lines, and get lost where a function logs from WARN on (aws facts §10.4).
import type { WorkerSettings } from "./worker-protocol.ts";

type Levels = Pick<WorkerSettings, "logFormat" | "applicationLevel">;

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/** A line that is no JSON object is left as it is: nothing says what Lambda makes of one. */
export function isLogged(line: string, { logFormat, applicationLevel }: Levels): boolean {
  const lowest = LEVELS.indexOf(applicationLevel);
  if (logFormat !== "JSON" || lowest <= LEVELS.indexOf("INFO") || !line.startsWith("{")) return true;
  const level = levelOf(line);
  return level === undefined || level >= lowest;
}

function levelOf(line: string): number | undefined {
  try {
    const { level } = JSON.parse(line) as { level?: unknown };
    const known = LEVELS.indexOf(String(level).toUpperCase());
    return known === -1 ? LEVELS.indexOf("INFO") : known;
  } catch {
    return undefined;
  }
}
