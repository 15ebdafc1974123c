import { isObject } from "../read-json.ts";
import { type Instance, labelOf } from "./instances.ts";

/** A known value in which nothing is a template, however much it looks like one. */
export function literal(value: unknown): unknown {
  if (typeof value === "string") return escaped(value);
  if (Array.isArray(value)) return value.map(literal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, literal(inner)]));
}

/** An expression for an attribute of one instance. */
export function reference(instance: Instance, attribute: string): string {
  const type = `${instance.mode === "data" ? "data." : ""}${instance.type}`;
  return `${type}[${escaped(JSON.stringify(labelOf(instance)))}].${attribute}`;
}

function escaped(text: string): string {
  return text.replace(/([$%])\{/g, (opening, sign: string) => sign + opening);
}
