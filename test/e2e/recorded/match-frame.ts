// What may vary between two playings of a conversation is written as a placeholder inside a text:
//   <id>      anything that is not empty and has no space      <time>    an ISO time of the last hour
//   <text>    anything that is not empty                       <millis>  the same as a number (the whole value)
// With a name, such as <id:bob>, the first value is kept and has to be the same from then on; it can be sent, too.
const PLACEHOLDER = /<(id|text|time|millis)(?::(\w+))?>/g;
const HOUR_MS = 3_600_000;
const PATTERNS: Readonly<Record<string, string>> = {
  id: "\\S+?",
  text: "[^]+?",
  time: "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z",
};

export type Bindings = Map<string, string>;

/** Where and how the frame differs from what is expected; undefined when it does not. */
export function difference(expected: unknown, actual: unknown, bindings: Bindings, at = "frame"): string | undefined {
  if (expected === "<millis>") return isRecent(actual) ? undefined : differs(at, expected, actual);
  if (typeof expected === "string" && typeof actual === "string") {
    return textMatches(expected, actual, bindings) ? undefined : differs(at, bound(expected, bindings), actual);
  }
  if (typeof expected !== "object" || typeof actual !== "object" || expected === null || actual === null) {
    return expected === actual ? undefined : differs(at, expected, actual);
  }
  if (Array.isArray(expected) !== Array.isArray(actual)) return differs(at, expected, actual);
  const [wanted, found] = [expected as Record<string, unknown>, actual as Record<string, unknown>];
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    if (!(key in wanted)) return `${at}.${key} is ${JSON.stringify(found[key])}; it was not expected at all`;
    if (!(key in found)) return `${at}.${key} is missing; expected was ${JSON.stringify(wanted[key])}`;
    const below = difference(wanted[key], found[key], bindings, `${at}.${key}`);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** The value with its named placeholders filled in. */
export function filled(value: unknown, bindings: Bindings): unknown {
  return JSON.parse(bound(JSON.stringify(value), bindings));
}

function textMatches(expected: string, actual: string, bindings: Bindings): boolean {
  const names: { readonly kind: string; readonly name: string | undefined }[] = [];
  let pattern = "";
  let end = 0;
  for (const { 0: whole, 1: kind = "", 2: name, index } of expected.matchAll(PLACEHOLDER)) {
    const known = name === undefined ? undefined : bindings.get(name);
    pattern += `${escaped(expected.slice(end, index))}(${known === undefined ? PATTERNS[kind] : escaped(known)})`;
    names.push({ kind, name });
    end = index + whole.length;
  }
  const match = new RegExp(`^${pattern}${escaped(expected.slice(end))}$`).exec(actual);
  if (!match) return false;
  for (const [at, { kind, name }] of names.entries()) {
    const value = match[at + 1] ?? "";
    if (kind === "time" && !isRecent(Date.parse(value))) return false;
    if (name !== undefined) bindings.set(name, value);
  }
  return true;
}

function bound(text: string, bindings: Bindings): string {
  return text.replace(PLACEHOLDER, (whole, _kind, name) => bindings.get(name) ?? whole);
}

function isRecent(value: unknown): boolean {
  return typeof value === "number" && Math.abs(Date.now() - value) < HOUR_MS;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function differs(at: string, expected: unknown, actual: unknown): string {
  return `${at} is ${JSON.stringify(actual)}; expected was ${JSON.stringify(expected)}`;
}
