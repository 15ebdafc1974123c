// What a template works with: texts, numbers, truth values, lists and maps, and the tools it is given. A map is a plain
// object; only its own properties are members, so that nothing of JavaScript can be reached.

import { textOf } from "#local/java-text.ts";
import type { Meter } from "./meter.ts";
import { isNumber } from "./numbers.ts";

/** `undefined` is Velocity's null; `null` is that of JSON. */
export type Value = unknown;

export type Method = (target: never, args: readonly Value[], meter: Meter) => Value;

export type Methods<T> = Readonly<Record<string, (target: T, args: readonly Value[], meter: Meter) => Value>>;

/** Something with methods of its own, like `$util`. */
export class Tool {
  readonly #methods: Readonly<Record<string, Method>>;
  readonly #members: Readonly<Record<string, Value>>;

  constructor(methods: Readonly<Record<string, Method>>, members: Readonly<Record<string, Value>> = {}) {
    this.#methods = methods;
    this.#members = members;
  }

  method(name: string): Method | undefined {
    return Object.hasOwn(this.#methods, name) ? this.#methods[name] : undefined;
  }

  member(name: string): Value {
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }
}

export type VelocityMap = Record<string, Value>;

export function newMap(entries: Iterable<readonly [string, Value]> = []): VelocityMap {
  const map: VelocityMap = Object.create(null);
  for (const [key, value] of entries) map[key] = value;
  return map;
}

export function isMap(value: Value): value is VelocityMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Tool);
}

/** A list can hold itself many times over: written as a name it would have no end. */
export function nameOf(key: Value): string {
  if (typeof key === "object" && key !== null) throw new Error("a member's name is a text or a number, no list or map");
  return String(key);
}

/**
 * What is missing in a map the template made is null, as in Velocity; what is missing in the data it was given is an empty
 * text, and so is all that would be inside.
 */
export function memberOf(container: Value, key: Value): Value {
  if (container instanceof Tool) return container.member(nameOf(key));
  if (Array.isArray(container)) return elementOf(container, key);
  if (isMap(container)) {
    const name = nameOf(key);
    if (Object.hasOwn(container, name)) return container[name];
    return Object.getPrototypeOf(container) === null ? undefined : "";
  }
  return container === null || container === "" ? "" : undefined;
}

function elementOf(list: readonly Value[], key: Value): Value {
  if (!Number.isInteger(key)) return undefined;
  const element = list.at(key as number);
  return element === undefined ? "" : element;
}

export function setMember(container: Value, key: Value, value: Value): void {
  if (isMap(container)) {
    Object.defineProperty(container, nameOf(key), { value, writable: true, enumerable: true, configurable: true });
  } else if (Array.isArray(container)) {
    const at = typeof key === "number" && key < 0 ? container.length + key : key;
    if (typeof at !== "number" || !(at in container))
      throw new Error(`a list of ${container.length} has no [${nameOf(key)}]`);
    container[at] = value;
  }
}

/** Only null and false are not true: neither an empty text nor 0 is. */
export function isTrue(value: Value): boolean {
  return value !== undefined && value !== null && value !== false;
}

/** Of different kinds, they are equal when they are written alike: `1 == "1"`. */
export function isEqual(one: Value, other: Value, { made }: Meter): boolean {
  if (one === other) return true;
  if (one === undefined || one === null || other === undefined || other === null)
    return (one ?? null) === (other ?? null);
  if (isNumber(one) && isNumber(other)) return false;
  return textOf(one, made) === textOf(other, made);
}
