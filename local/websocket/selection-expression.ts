// The selection expression language (aws facts §3.1): text with `$request.body.path` or `${request.body.path}` in it, `\$` for
// a dollar. It is compiled once; evaluation is a single pass, so what comes out of a message is never evaluated again.
import { textOf } from "#local/java-text.ts";
import { type JsonPath, parseJsonPath, valueAt } from "./json-path.ts";

/** From a parsed message to the selection value. */
export type SelectionExpression = (body: unknown) => string;

type Part = string | JsonPath;

const variablePrefix = "request.body";
/** Alternatives: escape, `${...}`, bare variable. */
const special = /\\(.)|\$\{([^}]*)\}|\$([A-Za-z_][\w.\-[\]'"]*)/g;

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

/** The JSONPath behind `request.body`. */
function parsePath(expression: string, variable: string): JsonPath {
  if (!variable.startsWith(variablePrefix)) {
    throw new Error(`"$${variable}" in "${expression}" is not served: routes are selected by $request.body.<path>`);
  }
  try {
    return parseJsonPath(variable, variablePrefix.length);
  } catch (error) {
    throw new Error(`${expression}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
