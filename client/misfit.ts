// What of a frame is not as the protocol has it, so that nothing behind this has to ask. Looser than the server's check of requests: a
// newer server may have higher limits, more fields, and kinds of entries and signals that this client does not know.
import type { Fields, Optional, Shape } from "#protocol/shape.ts";

/** Half of a surrogate pair: no name of anything, and nothing that could be encoded. */
const ILL_FORMED = /[\uD800-\uDFFF]/u;

/** Where the first mistake is; undefined when there is none. */
export function misfit(shape: Shape | Optional, value: unknown, place: string): string | undefined {
  switch (shape.kind) {
    case "optional":
      return value === undefined ? undefined : misfit(shape.of, value, place);
    case "text":
      return typeof value === "string" && !ILL_FORMED.test(value) ? undefined : place;
    case "content":
    case "secret":
    case "time":
      return typeof value === "string" ? undefined : place;
    case "whole":
      return Number.isSafeInteger(value) && (value as number) >= shape.least ? undefined : place;
    case "flag":
      return typeof value === "boolean" ? undefined : place;
    case "oneOf":
      return shape.values.some((known) => typeof known === typeof value) ? undefined : place;
    case "extra":
      return isObject(value) ? undefined : place;
    case "list":
      if (!Array.isArray(value)) return place;
      return firstOf(value, (item, at) => misfit(shape.of, item, `${place}[${at}]`));
    case "object":
    case "choice":
      return isObject(value) ? misfitIn(shape.fields, value, `${place}.`) : place;
    case "union": {
      if (!isObject(value)) return place;
      const known = shape.of.find(({ fields }) => isOfType(fields, value.type));
      return misfitIn(known?.fields ?? commonFields(shape.of), value, `${place}.`);
    }
  }
}

export function misfitIn(fields: Fields, value: Readonly<Record<string, unknown>>, prefix = ""): string | undefined {
  return firstOf(Object.entries(fields), ([name, field]) => misfit(field, value[name], prefix + name));
}

function isOfType({ type }: Fields, value: unknown): boolean {
  return type?.kind === "oneOf" && type.values.includes(value as string);
}

/** What is there of any kind: a kind that is not known yet has it, too. */
function commonFields([first, ...others]: readonly { readonly fields: Fields }[]): Fields {
  const entries = Object.entries(first?.fields ?? {});
  return Object.fromEntries(entries.filter(([name, field]) => others.every(({ fields }) => fields[name] === field)));
}

function firstOf<Item>(
  items: readonly Item[],
  find: (item: Item, at: number) => string | undefined,
): string | undefined {
  for (const [at, item] of items.entries()) {
    const found = find(item, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
