import { toFlag, toList, toNumber, toText } from "./convert.ts";
import { ExpressionError } from "./expression-error.ts";
import { format } from "./format.ts";
import type { TerraformFunction } from "./functions.ts";
import { toRegExp, toReplacement } from "./regular-expression.ts";

export const textFunctions: Readonly<Record<string, TerraformFunction>> = {
  lower: ([text]) => toText(text).toLowerCase(),
  upper: ([text]) => toText(text).toUpperCase(),
  title: ([text]) => toText(text).replace(/(?<![\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase()),
  trimspace: ([text]) => toText(text).trim(),
  chomp: ([text]) => toText(text).replace(/(\r?\n)+$/, ""),
  trim: ([text, characters]) => trimEnd(trimStart(toText(text), toText(characters)), toText(characters)),
  trimprefix: ([text, prefix]) =>
    toText(text).startsWith(toText(prefix)) ? toText(text).slice(toText(prefix).length) : text,
  trimsuffix: ([text, suffix]) =>
    toText(suffix) !== "" && toText(text).endsWith(toText(suffix))
      ? toText(text).slice(0, -toText(suffix).length)
      : text,
  startswith: ([text, prefix]) => toText(text).startsWith(toText(prefix)),
  endswith: ([text, suffix]) => toText(text).endsWith(toText(suffix)),
  strcontains: ([text, part]) => toText(text).includes(toText(part)),
  strrev: ([text]) => [...toText(text)].reverse().join(""),
  substr: ([text, offset, length]) => substring([...toText(text)], toNumber(offset), toNumber(length)),
  join: ([separator, ...lists]) =>
    lists.flatMap((list) => toList(list).map((item) => toText(item))).join(toText(separator)),
  split: ([separator, text]) => (toText(text) === "" ? [""] : toText(text).split(toText(separator))),
  format: ([text, ...values]) => format(toText(text), values),
  formatlist: ([text, ...lists]) => {
    const count = Math.max(...lists.map((list) => (Array.isArray(list) ? list.length : 1)), 0);
    return Array.from({ length: count }, (_, at) =>
      format(
        toText(text),
        lists.map((list) => (Array.isArray(list) ? list[at] : list)),
      ),
    );
  },
  indent: ([spaces, text]) => toText(text).replace(/\n/g, `\n${" ".repeat(toNumber(spaces))}`),
  replace: ([text, search, replacement]) => replace(toText(text), toText(search), toText(replacement)),
  regex: ([pattern, text]) => {
    const match = toRegExp(toText(pattern), "u").exec(toText(text));
    if (!match) throw new ExpressionError(`${toText(pattern)} matches nothing in ${JSON.stringify(text)}`);
    return captured(match);
  },
  regexall: ([pattern, text]) => [...toText(text).matchAll(toRegExp(toText(pattern), "gu"))].map(captured),
  tostring: ([value]) => (value === null ? null : toText(value)),
  tobool: ([value]) => (value === null ? null : toFlag(value)),
};

/** A pattern between slashes is a regular expression, anything else plain text. */
function replace(text: string, search: string, replacement: string): string {
  const [, pattern] = search.match(/^\/(.+)\/$/s) ?? [];
  if (pattern === undefined) return text.replaceAll(search, () => replacement);
  return text.replace(toRegExp(pattern, "gu"), toReplacement(replacement));
}

function captured(match: RegExpMatchArray): unknown {
  if (match.groups) return Object.fromEntries(Object.entries(match.groups).map(([name, text]) => [name, text ?? null]));
  return match.length === 1 ? match[0] : match.slice(1).map((text) => text ?? null);
}

function substring(characters: readonly string[], offset: number, length: number): string {
  const from = offset < 0 ? Math.max(characters.length + offset, 0) : offset;
  return characters.slice(from, length < 0 ? undefined : from + length).join("");
}

function trimStart(text: string, characters: string): string {
  let from = 0;
  while (from < text.length && characters.includes(text.charAt(from))) from += 1;
  return text.slice(from);
}

function trimEnd(text: string, characters: string): string {
  let to = text.length;
  while (to > 0 && characters.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(0, to);
}
