// Terraform's regular expressions are Go's RE2; what differs from JavaScript's in spelling is rewritten here.
import { ExpressionError } from "./expression-error.ts";

export function toRegExp(pattern: string, flags: string): RegExp {
  const [, inline = ""] = pattern.match(/^\(\?([ims]+)\)/) ?? [];
  const body = inline === "" ? pattern : pattern.slice(inline.length + 3);
  const source = body
    .replaceAll("(?P<", "(?<")
    .replaceAll("\\A", "^")
    .replaceAll("\\z", "$")
    .replace(/\[\[:(\w+):\]\]/g, (_, name) => posixClasses[name] ?? "[]")
    // Go lets any punctuation be escaped; JavaScript's unicode mode only syntax characters.
    .replace(/\\([^\w\s^$\\.*+?()[\]{}|/-])/g, "$1")
    .replace(/\\-(?![^[]*\])/g, "-");
  try {
    return new RegExp(source, `${flags}${inline}`);
  } catch (error) {
    throw new ExpressionError(`${pattern} is no regular expression: ${error instanceof Error ? error.message : error}`);
  }
}

/** `$1`, `${1}` and `${name}`; `$0` is the whole match. */
export function toReplacement(replacement: string): string {
  return replacement
    .replace(/\$\{(\w+)\}/g, (_, name) => (/^\d+$/.test(name) ? `$${name}` : `$<${name}>`))
    .replace(/\$0(?!\d)/g, "$&");
}

const posixClasses: Readonly<Record<string, string>> = {
  alnum: "[A-Za-z0-9]",
  alpha: "[A-Za-z]",
  digit: "[0-9]",
  lower: "[a-z]",
  upper: "[A-Z]",
  space: "\\s",
  word: "\\w",
};
