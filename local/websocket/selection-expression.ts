// The selection expression language (aws facts §3.1): text with `$request.body.path` or `${request.body.path}` in it, `\$` for
// a dollar. It is compiled once; evaluation is a single pass, so what comes out of a message is never evaluated again.

/** From a parsed message to the selection value. */
export type SelectionExpression = (body: unknown) => string;

type Part = string | readonly (string | number)[];

const variablePrefix = "request.body";
/** Alternatives: escape, `${...}`, bare variable. */
const special = /\\(.)|\$\{([^}]*)\}|\$([A-Za-z_][\w.\-[\]'"]*)/g;
const pathStep = /\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/** Throws a sentence for what AWS would refuse, or what is not served here. */
export function compileSelectionExpression(expression: string): SelectionExpression {
  const parts = parse(expression);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && typeof only !== "string")
    return (body) => textOf(valueAt(body, only));
  return (body) => parts.map((part) => (typeof part === "string" ? part : textOf(valueAt(body, part)))).join("");
}

function parse(expression: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of expression.matchAll(special)) {
    const [all, escaped, delimited, bare] = match;
    if (match.index > at) parts.push(expression.slice(at, match.index));
    parts.push(escaped ?? parsePath(expression, delimited ?? bare ?? ""));
    at = match.index + all.length;
  }
  if (at < expression.length) parts.push(expression.slice(at));
  return parts;
}

/** The JSONPath behind `request.body`: names and indexes, which is what routes are selected by. */
function parsePath(expression: string, variable: string): (string | number)[] {
  if (!variable.startsWith(variablePrefix)) {
    throw new Error(`"$${variable}" in "${expression}" is not served: routes are selected by $request.body.<path>`);
  }
  const path: (string | number)[] = [];
  pathStep.lastIndex = variablePrefix.length;
  while (pathStep.lastIndex < variable.length) {
    const at = pathStep.lastIndex;
    const step = pathStep.exec(variable);
    if (!step)
      throw new Error(
        `"${variable.slice(at)}" in "${expression}" is not served: a path has names and indexes, like .a.b[0]`,
      );
    const [, name, index, quoted, doubleQuoted] = step;
    path.push(index === undefined ? (name ?? quoted ?? doubleQuoted ?? "") : Number(index));
  }
  return path;
}

function valueAt(body: unknown, path: readonly (string | number)[]): unknown {
  let value = body;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** A missing value is empty; lists and objects look like Java's, `[a, b]` and `{a=b}`. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return `[${value.map(textOf).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, one]) => `${key}=${textOf(one)}`)
      .join(", ")}}`;
  return String(value);
}
