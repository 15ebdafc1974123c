// DynamoDB's limits of an expression: 4 KB, 300 operators and functions, no redundant parentheses. Checked before it is parsed, because the
// parser's work and its depth grow with them.
import { jsonReply } from "./json-reply.ts";
import type { Json, Reply } from "./store.ts";

const parameters = [
  "UpdateExpression",
  "ConditionExpression",
  "KeyConditionExpression",
  "FilterExpression",
  "ProjectionExpression",
];
const maxBytes = 4096;
const maxOperators = 300;
/** A function is a name before a parenthesis. BETWEEN is counted by its AND, and the `=` of a SET is no operator. */
const operatorOrFunction = /(?<![#:\w.])(?:AND|OR|NOT|IN|\w+(?=\s*\())(?!\w)|[<>]=|<>|[=<>+]|\s-\s/gi;

/** The refusal; undefined: every expression is within the limits. */
export function refusedExpression(input: Json): Reply | undefined {
  const message = expressionProblem(input);
  return message === undefined
    ? undefined
    : jsonReply(400, { __type: "com.amazon.coral.validate#ValidationException", message });
}

/** In DynamoDB's words. */
export function expressionProblem(input: Json): string | undefined {
  for (const name of parameters) {
    const expression = input[name];
    const problem = typeof expression === "string" ? problemOf(name, expression) : undefined;
    if (problem !== undefined) return `Invalid ${name}: ${problem}`;
  }
  return undefined;
}

function problemOf(name: string, expression: string): string | undefined {
  const bytes = Buffer.byteLength(expression);
  if (bytes > maxBytes) return `Expression size has exceeded the maximum allowed size; expression size: ${bytes}`;
  const found = expression.match(operatorOrFunction) ?? [];
  const operators = name === "UpdateExpression" ? found.filter((one) => one !== "=").length : found.length;
  if (operators > maxOperators) return `The expression contains too many operators; operator count: ${operators}`;
  // Each pair belongs to an operator or a function, or it is one too many.
  if (depthOf(expression) > maxOperators) return "The expression has redundant parentheses;";
  return undefined;
}

function depthOf(expression: string): number {
  let [depth, deepest] = [0, 0];
  for (const character of expression) {
    if (character === "(") deepest = Math.max(deepest, ++depth);
    else if (character === ")") depth--;
  }
  return deepest;
}
