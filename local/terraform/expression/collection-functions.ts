// Lists, sets and maps. A set is a list without repetitions here.
import { isDeepStrictEqual } from "node:util";
import { isMap, sortedKeys, toFlag, toList, toMap, toNumber, toText } from "./convert.ts";
import { ExpressionError } from "./expression-error.ts";
import type { TerraformFunction } from "./functions.ts";

export const collectionFunctions: Readonly<Record<string, TerraformFunction>> = {
  length: ([value]) =>
    typeof value === "string" ? [...value].length : isMap(value) ? Object.keys(value).length : toList(value).length,
  concat: (lists) => lists.flatMap(toList),
  merge: (maps) => Object.assign({}, ...maps.filter((map) => map !== null).map(toMap)),
  lookup: ([map, key, ...fallback]) => {
    const found = toMap(map);
    if (Object.hasOwn(found, toText(key))) return found[toText(key)];
    if (fallback.length > 0) return fallback[0];
    throw new ExpressionError(`the map has no key ${JSON.stringify(key)} and there is no default`);
  },
  element: ([list, index]) => {
    const items = toList(list);
    if (items.length === 0) throw new ExpressionError("the list is empty");
    return items[((toNumber(index) % items.length) + items.length) % items.length];
  },
  index: ([list, value]) => {
    const at = toList(list).findIndex((item) => isDeepStrictEqual(item, value));
    if (at < 0) throw new ExpressionError(`the list does not contain ${JSON.stringify(value)}`);
    return at;
  },
  contains: ([list, value]) => toList(list).some((item) => isDeepStrictEqual(item, value)),
  keys: ([map]) => sortedKeys(toMap(map)),
  values: ([map]) => sortedKeys(toMap(map)).map((key) => toMap(map)[key]),
  zipmap: ([names, values]) => Object.fromEntries(toList(names).map((name, at) => [toText(name), toList(values)[at]])),
  flatten: ([list]) => toList(list).flat(Number.POSITIVE_INFINITY),
  distinct: ([list]) => distinct(toList(list)),
  compact: ([list]) => toList(list).filter((text) => text !== null && text !== ""),
  reverse: ([list]) => toList(list).toReversed(),
  sort: ([list]) =>
    toList(list)
      .map((item) => toText(item))
      .toSorted((one, other) => (one < other ? -1 : Number(one > other))),
  slice: ([list, from, to]) => toList(list).slice(toNumber(from), toNumber(to)),
  chunklist: ([list, size]) => chunks(toList(list), toNumber(size)),
  range: (limits) => range(limits.map(toNumber)),
  setunion: (sets) => distinct(sets.flatMap(toList)),
  setintersection: ([first, ...others]) =>
    distinct(toList(first).filter((item) => others.every((other) => includes(toList(other), item)))),
  setsubtract: ([first, second]) => distinct(toList(first).filter((item) => !includes(toList(second), item))),
  toset: ([list]) => (list === null ? null : distinct(toList(list))),
  tolist: ([list]) => (list === null ? null : toList(list)),
  tomap: ([map]) => (map === null ? null : toMap(map)),
  coalesce: (values) => firstOf(values, (value) => value !== null && value !== ""),
  coalescelist: (lists) => firstOf(lists, (list) => list !== null && toList(list).length > 0),
  one: ([list]) => {
    const items = toList(list);
    if (items.length > 1) throw new ExpressionError(`the list has ${items.length} items`);
    return items[0] ?? null;
  },
  alltrue: ([list]) => toList(list).every(toFlag),
  anytrue: ([list]) => toList(list).some(toFlag),
  sensitive: ([value]) => value,
  nonsensitive: ([value]) => value,
};

function includes(list: readonly unknown[], value: unknown): boolean {
  return list.some((item) => isDeepStrictEqual(item, value));
}

function distinct(list: readonly unknown[]): unknown[] {
  return list.filter((item, at) => list.findIndex((other) => isDeepStrictEqual(other, item)) === at);
}

function firstOf(values: readonly unknown[], fits: (value: unknown) => boolean): unknown {
  const found = values.find(fits);
  if (found === undefined) throw new ExpressionError("every parameter is null or empty");
  return found;
}

function chunks(list: readonly unknown[], size: number): unknown[] {
  if (size < 1) return list.length === 0 ? [] : [list];
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
}

/** range(limit), range(start, limit) or range(start, limit, step) */
function range(limits: readonly number[]): number[] {
  const [start = 0, limit = 0] = limits.length === 1 ? [0, limits[0]] : limits;
  const step = limits[2] ?? (start <= limit ? 1 : -1);
  const count = Math.ceil((limit - start) / step);
  if (step === 0 || count > 1024) throw new ExpressionError("a range has at most 1024 numbers and a step other than 0");
  return Array.from({ length: Math.max(count, 0) }, (_, at) => start + at * step);
}
