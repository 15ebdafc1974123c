// What functions log, as a line for people: time, function, level, message. Lambda's own START, END and REPORT are left to
// the log files; a failure they tell of is shown.
import { styleText } from "node:util";
import type { LogRecord } from "./logs/log-store.ts";
import type { LambdaFunction } from "./stack.ts";

interface Line {
  readonly level: string;
  readonly text: string;
}

/** Records of groups that are no function's (access logs) are not printed. */
export function printLog(
  functions: readonly LambdaFunction[],
  print: (line: string) => void,
): (record: LogRecord) => void {
  const names = new Map(functions.map(({ logging, name }) => [logging.group, name]));
  return ({ group, timestamp, message }) => {
    const name = names.get(group);
    if (name === undefined || isRoutine(message)) return;
    const { level, text } = lineOf(message);
    // UTC, as in CloudWatch.
    const time = new Date(timestamp).toISOString().slice(11, 23);
    print(`${styleText("dim", time)} ${styleText("cyan", name)} ${coloured(level)} ${text}`);
  };
}

/** Told by its beginning: these come with every single message. */
function isRoutine(message: string): boolean {
  if (/^(START|END|REPORT) RequestId: /.test(message)) return true;
  return /^\{"time":"[^"]+","type":"platform\./.test(message) && !/"status":"(error|timeout)"\}?/.test(message);
}

/** What cannot be made readable, because it is nested deeper than the call stack is, is printed as it is. */
function lineOf(message: string): Line {
  try {
    return parse(message);
  } catch {
    return { level: "INFO", text: message };
  }
}

function parse(message: string): Line {
  const [, , level, ...text] = message.split("\t");
  if (level !== undefined && text.length > 0) return { level, text: text.join("\t") };
  const record = parseObject(message);
  if (!record) return { level: /Error: |Task timed out/.test(message) ? "ERROR" : "INFO", text: message.trim() };
  if (typeof record.type === "string")
    return { level: "ERROR", text: `${record.type} ${JSON.stringify(record.record)}` };
  const { level: jsonLevel = "INFO", message: content, ...rest } = record;
  return { level: String(jsonLevel), text: content === undefined ? message : readable(content, rest) };
}

function readable(content: unknown, { stackTrace }: Record<string, unknown>): string {
  const stack = Array.isArray(stackTrace) ? `\n${stackTrace.join("\n")}` : "";
  if (typeof content === "string") return content + stack;
  const inner = (content as { stackTrace?: unknown } | null)?.stackTrace;
  return Array.isArray(inner) && inner.length > 0 ? inner.join("\n") : JSON.stringify(content);
}

function parseObject(message: string): Record<string, unknown> | undefined {
  if (!message.startsWith("{")) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function coloured(level: string): string {
  if (level === "ERROR" || level === "FATAL") return styleText("red", level);
  return level === "WARN" ? styleText("yellow", level) : styleText("dim", level);
}
