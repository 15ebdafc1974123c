// Terraform's conversions between its primitive types.
import { ExpressionError } from "./expression-error.ts";

export type Values = Readonly<Record<string, unknown>>;

export function toText(value: unknown, what = "a string"): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new ExpressionError(`expected ${what}, found ${nameOf(value)}`);
}

export function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  throw new ExpressionError(`expected a number, found ${nameOf(value)}`);
}

export function toFlag(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true";
  throw new ExpressionError(`expected true or false, found ${nameOf(value)}`);
}

export function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ExpressionError(`expected a list, found ${nameOf(value)}`);
}

export function toMap(value: unknown): Values {
  if (isMap(value)) return value;
  throw new ExpressionError(`expected a map, found ${nameOf(value)}`);
}

export function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Terraform walks through maps in the order of their keys. */
export function sortedKeys(map: Values): string[] {
  return Object.keys(map).sort((one, other) => (one < other ? -1 : Number(one > other)));
}

export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `${typeof value} ${JSON.stringify(value)}`;
}
