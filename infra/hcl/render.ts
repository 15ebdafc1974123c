// A synthesized stack as HCL, laid out as `terraform fmt` would.
import { fields } from "../stage-file/fields.ts";
import { documentIn } from "./json-text.ts";
import type { NestedBlocks } from "./nested-blocks.ts";
import { expressionOf } from "./template.ts";

type Json = Readonly<Record<string, unknown>>;

/** Blocks that every resource may have, whatever its provider. */
const META: NestedBlocks = { lifecycle: {} };

/** @param blocks by address, as nestedBlocks finds them */
export function renderHcl(stack: Json, blocks: ReadonlyMap<string, NestedBlocks>): string {
  const nested = (address: string) => ({ ...META, ...blocks.get(address) });
  const ofTypes = (keyword: string, prefix: string) =>
    Object.entries(fields(stack[keyword])).flatMap(([type, named]) =>
      Object.entries(fields(named)).map(([name, args]) =>
        block([keyword, quoted(type), quoted(name)], fields(args), nested(`${prefix}${type}.${name}`)),
      ),
    );
  const providers = Object.entries(fields(stack.provider)).flatMap(([name, all]) =>
    listed(all).map((args) => block(["provider", quoted(name)], fields(args), nested(`provider.${name}`))),
  );
  const outputs = Object.entries(fields(stack.output)).map(([name, args]) =>
    block(["output", quoted(name)], fields(args), {}),
  );
  const all = [settings(fields(stack.terraform)), ...providers, ...ofTypes("data", "data.")];
  return `${[...all, ...ofTypes("resource", ""), ...outputs].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function settings({ backend, required_providers, ...others }: Json): string[] {
  const backends = Object.entries(fields(backend)).map(([name, args]) =>
    block(["backend", quoted(name)], fields(args), {}),
  );
  const providers = block(["required_providers"], fields(required_providers), {});
  return enclosed("terraform {", [...body(others, {}), ...[providers, ...backends].flatMap(apart)], "}");
}

function block(head: readonly string[], args: Json, nested: NestedBlocks): string[] {
  return enclosed(`${head.join(" ")} {`, body(args, nested), "}");
}

/** Arguments first, then blocks, each apart. */
function body(args: Json, nested: NestedBlocks): string[] {
  const { "//": about, ...given } = args;
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  const lines = comments(about);
  lines.push(
    ...aligned(names.filter((name) => !(name in nested)).map((name) => [name, argumentLines(name, given[name])])),
  );
  for (const name of names.filter((name) => name in nested))
    for (const each of listed(given[name])) lines.push(...apart(block([name], fields(each), nested[name] ?? {})));
  return lines;
}

/** Which rules of infra/checks/ the resource need not keep, and why. */
function comments(about: unknown): string[] {
  return Object.entries(fields(fields(about).exempt)).map(([rule, reason]) => `# exempt from ${rule}: ${reason}`);
}

function apart(lines: readonly string[]): string[] {
  return ["", ...lines];
}

function argumentLines(name: string, value: unknown): string[] {
  // Addresses, which JSON can only say as texts.
  if (name === "depends_on") return listLines(listed(value).map((address) => [String(address)]));
  return linesOf(value);
}

function linesOf(value: unknown): string[] {
  if (typeof value === "string") return textLines(value);
  if (Array.isArray(value)) return listLines(value.map(linesOf));
  if (typeof value !== "object" || value === null) return [String(value)];
  const entries = Object.entries(value).map(([key, each]): [string, string[]] => [keyOf(key), linesOf(each)]);
  return entries.length === 0 ? ["{}"] : enclosed("{", aligned(entries), "}");
}

/** A document that a line cannot show is written as what it is made of. */
function textLines(text: string): string[] {
  const line = expressionOf(text);
  const document = line.length > LONGEST_LINE ? documentIn(text) : undefined;
  if (document === undefined) return [line];
  const [first, ...others] = linesOf(document);
  const last = others.pop();
  return last === undefined ? [`jsonencode(${first})`] : [`jsonencode(${first}`, ...others, `${last})`];
}

const LONGEST_LINE = 100;

function listLines(items: readonly (readonly string[])[]): string[] {
  const line = `[${items.map(([only]) => only).join(", ")}]`;
  if (items.every(({ length }) => length === 1) && line.length <= LONGEST_LINE) return [line];
  return enclosed(
    "[",
    items.flatMap((lines) => [...lines.slice(0, -1), `${lines.at(-1)},`]),
    "]",
  );
}

function enclosed(open: string, lines: readonly string[], close: string): string[] {
  const inner = lines[0] === "" ? lines.slice(1) : lines;
  return [open, ...inner.map((line) => (line === "" ? line : `  ${line}`)), close];
}

/** `name = value`, the signs below each other as far as values of one line follow each other. */
function aligned(entries: readonly (readonly [string, readonly string[]])[]): string[] {
  const isShort = (at: number) => entries[at]?.[1].length === 1;
  return entries.flatMap(([name, [first = "", ...others]], at) => {
    if (!isShort(at)) return [`${name} = ${first}`, ...others];
    let [begin, end] = [at, at];
    while (isShort(begin - 1)) begin--;
    while (isShort(end + 1)) end++;
    const width = Math.max(...entries.slice(begin, end + 1).map(([{ length }]) => length));
    return [`${name.padEnd(width)} = ${first}`];
  });
}

function keyOf(key: string): string {
  if (/^[A-Za-z_][\w-]*$/.test(key)) return key;
  const expression = expressionOf(key);
  return expression.startsWith('"') ? expression : `(${expression})`;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
