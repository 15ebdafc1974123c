// A variable's value as its type has it: attributes that are `optional` and not given are their default, or null.
import { isMap } from "../expression/convert.ts";
import type { Expression } from "../expression/syntax.ts";

/** What a type cannot change, or is not understood, stays as it is. `evaluate` is for defaults. */
export function asType(value: unknown, type: Expression, evaluate: (expression: Expression) => unknown): unknown {
  if (value === null || type.kind !== "call") return value;
  const [inner] = type.parameters;
  if (inner === undefined) return value;
  switch (type.name) {
    case "list":
    case "set":
      return Array.isArray(value) ? value.map((item) => asType(item, inner, evaluate)) : value;
    case "map":
      return isMap(value) ? mapped(value, (item) => asType(item, inner, evaluate)) : value;
    case "object":
      return isMap(value) && inner.kind === "object" ? asObject(value, inner.entries, evaluate) : value;
    default:
      return value;
  }
}

function asObject(
  value: Readonly<Record<string, unknown>>,
  entries: (Expression & { kind: "object" })["entries"],
  evaluate: (expression: Expression) => unknown,
): unknown {
  const attributes = entries.map(([key, type]) => {
    const name = String(evaluate(key));
    if (type.kind !== "call" || type.name !== "optional") return [name, asType(value[name], type, evaluate)];
    const [inner, standard] = type.parameters;
    const given = value[name] ?? (standard ? evaluate(standard) : null);
    return [name, inner ? asType(given, inner, evaluate) : given];
  });
  return Object.fromEntries(attributes);
}

function mapped(value: Readonly<Record<string, unknown>>, map: (item: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item)]));
}
