// The methods of Java's texts, numbers, truth values, lists and maps that templates use.
import { textOf } from "#local/java-text.ts";
import type { Meter } from "./meter.ts";
import { integerOf, isNumber, type JavaNumber } from "./numbers.ts";
import { textMethods } from "./text-methods.ts";
import {
  isEqual,
  isMap,
  type Method,
  type Methods,
  memberOf,
  nameOf,
  newMap,
  setMember,
  Tool,
  type Value,
  type VelocityMap,
} from "./values.ts";

type List = Value[];

const ofAll: Methods<Value> = {
  toString: (target: Value, _: readonly Value[], meter: Meter) => textOf(target, meter.made),
  equals: (target, [other], meter) => typeof target === typeof other && isEqual(target, other, meter),
};

const ofNumbers: Methods<JavaNumber> = {
  // `$Integer.parseInt("5")` is how a text becomes a number: `#set($Integer = 0)` before it.
  parseInt: (_, [text]) => integerOf(digitsOf(text, /^[+-]?\d+$/)),
  parseLong: (_, [text]) => integerOf(digitsOf(text, /^[+-]?\d+$/)),
  parseDouble: (_, [text]) => Number(digitsOf(text, /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i)),
  intValue: truncated,
  longValue: truncated,
  doubleValue: Number,
  compareTo: (number, [other]) => compared(number, isNumber(other) ? other : 0),
};

const ofLists: Methods<List> = {
  size: (list) => list.length,
  // `$input.path('$.pets').count()` of AWS's reference
  count: (list) => list.length,
  isEmpty: (list) => list.length === 0,
  get: (list, [at]) => memberOf(list, at),
  set: (list, [at, value]) => {
    const before = memberOf(list, at);
    setMember(list, at, value);
    return before;
  },
  add: (list, args, meter) => {
    meter.made(1);
    if (args.length > 1) list.splice(numberOf(args[0]), 0, args[1]);
    else list.push(args[0]);
    return args.length > 1 ? undefined : true;
  },
  addAll: (list, [others], meter) => {
    if (!Array.isArray(others)) return undefined;
    meter.made(others.length);
    for (const other of [...others]) list.push(other);
    return others.length > 0;
  },
  remove: (list, [at]) => {
    const index = Number.isInteger(at) ? Number(at) : list.indexOf(at);
    return list.splice(index < 0 ? list.length : index, 1)[0];
  },
  contains: (list, [value], meter) => list.some((one) => isEqual(one, value, meter)),
  indexOf: (list, [value], meter) => list.findIndex((one) => isEqual(one, value, meter)),
  subList: (list, [from, to], meter) => {
    meter.made(list.length);
    return list.slice(numberOf(from), numberOf(to));
  },
};

const ofMaps: Methods<VelocityMap> = {
  size: (map) => Object.keys(map).length,
  isEmpty: (map) => Object.keys(map).length === 0,
  get: (map, [key]) => memberOf(map, key),
  put: (map, [key, value], meter) => {
    meter.made(1);
    const before = ownMember(map, key);
    setMember(map, key, value);
    return before;
  },
  putAll: (map, [others], meter) => {
    if (!isMap(others)) return undefined;
    meter.made(Object.keys(others).length);
    for (const [key, value] of Object.entries(others)) setMember(map, key, value);
    return undefined;
  },
  remove: (map, [key]) => {
    const before = ownMember(map, key);
    delete map[nameOf(key)];
    return before;
  },
  containsKey: (map, [key]) => Object.hasOwn(map, nameOf(key)),
  containsValue: (map, [value], meter) => Object.values(map).some((one) => isEqual(one, value, meter)),
  keySet: (map, _, meter) => made(Object.keys(map), meter),
  values: (map, _, meter) => made(Object.values(map), meter),
  entrySet: (map, _, meter) =>
    made(Object.entries(map), meter).map(([key, value]) =>
      newMap([
        ["key", key],
        ["value", value],
      ]),
    ),
  getKey: (map) => memberOf(map, "key"),
  getValue: (map) => memberOf(map, "value"),
};

const byKind = {
  text: tableOf({ ...ofAll, ...textMethods }),
  number: tableOf({ ...ofAll, ...ofNumbers }),
  list: tableOf({ ...ofAll, ...ofLists }),
  map: tableOf({ ...ofAll, ...ofMaps }),
  other: tableOf(ofAll),
};

function tableOf<T>(methods: Methods<T>): ReadonlyMap<string, Method> {
  return new Map(Object.entries(methods));
}

/** Of any kind of value. */
export const methodNames: ReadonlySet<string> = new Set(Object.values(byKind).flatMap((table) => [...table.keys()]));

export function methodOf(target: Value, name: string): Method | undefined {
  if (target instanceof Tool) return target.method(name);
  return target === undefined || target === null ? undefined : byKind[kindOf(target)].get(name);
}

function kindOf(value: Value): keyof typeof byKind {
  if (typeof value === "string") return "text";
  if (isNumber(value)) return "number";
  if (Array.isArray(value)) return "list";
  return isMap(value) ? "map" : "other";
}

function made<T extends { readonly length: number }>(value: T, meter: Meter): T {
  meter.made(value.length);
  return value;
}

function ownMember(map: VelocityMap, key: Value): Value {
  return Object.hasOwn(map, nameOf(key)) ? map[nameOf(key)] : undefined;
}

function numberOf(value: Value): number {
  return typeof value === "number" ? value : 0;
}

function truncated(number: JavaNumber): JavaNumber {
  return typeof number === "bigint" ? number : Math.trunc(number);
}

function compared(one: JavaNumber, other: JavaNumber): number {
  if (one < other) return -1;
  return one > other ? 1 : 0;
}

function digitsOf(text: Value, pattern: RegExp): string {
  if (typeof text === "string" && pattern.test(text)) return text;
  throw new Error(`${typeof text === "string" ? JSON.stringify(text) : "what is no text"} is no number`);
}
