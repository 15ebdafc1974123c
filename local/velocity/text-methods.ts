// The methods of Java's String that templates use.
import { textOf } from "#local/java-text.ts";
import type { Meter } from "./meter.ts";
import { type Methods, nameOf, type Value } from "./values.ts";

export const textMethods: Methods<string> = {
  length: (text) => text.length,
  isEmpty: (text) => text === "",
  equalsIgnoreCase: (text, [other]) => typeof other === "string" && text.toLowerCase() === other.toLowerCase(),
  compareTo: (text, [other], { made }) => compare(text, textOf(other, made)),
  contains: (text, [part], { made }) => text.includes(textOf(part, made)),
  startsWith: (text, [part], { made }) => text.startsWith(textOf(part, made)),
  endsWith: (text, [part], { made }) => text.endsWith(textOf(part, made)),
  indexOf: (text, [part, from], { made }) => text.indexOf(textOf(part, made), typeof from === "number" ? from : 0),
  lastIndexOf: (text, [part], { made }) => text.lastIndexOf(textOf(part, made)),
  charAt: (text, [at]) => text.charAt(position(text, at, text.length - 1)),
  substring: (text, [from, to = text.length]) => {
    const end = position(text, to, text.length);
    return text.slice(position(text, from, end), end);
  },
  concat: (text, [other], meter) => counted(text + textOf(other, meter.made), meter),
  toLowerCase: (text, _, meter) => counted(text.toLowerCase(), meter),
  toUpperCase: (text, _, meter) => counted(text.toUpperCase(), meter),
  trim: (text) => text.trim(),
  replace: (text, [part, by], meter) => {
    const replacement = textOf(by, meter.made);
    return text.replaceAll(textOf(part, meter.made), () => counted(replacement, meter));
  },
  replaceAll: (text, [pattern, by], meter) => replaced(text, new RegExp(nameOf(pattern), "g"), by, meter),
  replaceFirst: (text, [pattern, by], meter) => replaced(text, new RegExp(nameOf(pattern)), by, meter),
  matches: (text, [pattern], meter) => {
    const whole = new RegExp(`^(?:${nameOf(pattern)})$`);
    return meter.withinTime(() => whole.test(text));
  },
  split: (text, [pattern, limit], meter) => {
    if (limit !== undefined) throw new Error("split() with a limit is not served");
    meter.made(text.length);
    const separator = new RegExp(nameOf(pattern));
    const parts = meter.withinTime(() => text.split(separator));
    // As in Java, without the empty texts at the end.
    while (parts.length > 1 && parts.at(-1) === "") parts.pop();
    return parts;
  },
};

function counted(text: string, { made }: Meter): string {
  made(text.length);
  return text;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function position(text: string, at: Value, last: number): number {
  if (typeof at === "number" && Number.isInteger(at) && at >= 0 && at <= last) return at;
  throw new Error(`a text of ${text.length} characters has none at ${nameOf(at)}`);
}

/** In a replacement `$1` is what a group matched, and `\` makes the next character an ordinary one. */
function replaced(text: string, pattern: RegExp, by: Value, meter: Meter): string {
  const replacement = textOf(by, meter.made);
  const replace = (...found: (string | number | undefined)[]): string => {
    const groups = found.slice(
      0,
      found.findIndex((one) => typeof one === "number"),
    );
    const put = (_all: string, ordinary?: string, group?: string): string =>
      counted(ordinary ?? String(groups[Number(group)] ?? ""), meter);
    return counted(replacement.replace(/\\(.)|\$(\d)/gs, put), meter);
  };
  return meter.withinTime(() => text.replace(pattern, replace));
}
