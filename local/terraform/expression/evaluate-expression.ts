// The value of an expression tree, given what its names stand for.
import { isDeepStrictEqual } from "node:util";
import { isMap, nameOf, sortedKeys, toFlag, toList, toNumber, toText } from "./convert.ts";
import { ExpressionError } from "./expression-error.ts";
import { callFunction } from "./functions.ts";
import { Namespace, settled } from "./namespace.ts";
import type { BinaryOperator, Expression, ForExpression } from "./syntax.ts";

export interface Scope {
  /** What a first name stands for: `local`, `aws_lambda_function`, a variable of a for. Throws for an unknown one. */
  lookup(name: string): unknown;
  /** Directory of the Terraform file: what file functions are relative to. */
  readonly directory: string;
}

export function evaluateExpression(expression: Expression, scope: Scope): unknown {
  return settled(unsettled(expression, scope));
}

/** Perhaps a Namespace, of which the next step asks one member. */
function unsettled(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "template":
      return expression.parts.map((part) => toText(evaluateExpression(part, scope), "text in a template")).join("");
    case "name":
      return scope.lookup(expression.name);
    case "attribute":
      return memberOf(unsettled(expression.of, scope), expression.name);
    case "index":
      return memberOf(unsettled(expression.of, scope), evaluateExpression(expression.key, scope));
    case "splat":
      return splat(evaluateExpression(expression.of, scope)).map((item) =>
        evaluateExpression(expression.rest, withNames(scope, { [expression.item]: item })),
      );
    case "call":
      return call(expression.name, expression.parameters, expression.spread, scope);
    case "unary": {
      const operand = evaluateExpression(expression.operand, scope);
      return expression.operator === "!" ? !toFlag(operand) : -toNumber(operand);
    }
    case "binary":
      return binary(expression.operator, expression.left, expression.right, scope);
    case "conditional":
      return unsettled(
        toFlag(evaluateExpression(expression.test, scope)) ? expression.then : expression.otherwise,
        scope,
      );
    case "tuple":
      return expression.items.map((item) => evaluateExpression(item, scope));
    case "object":
      return Object.fromEntries(
        expression.entries.map(([key, value]) => [
          toText(evaluateExpression(key, scope)),
          evaluateExpression(value, scope),
        ]),
      );
    case "for":
      return loop(expression, scope);
  }
}

function memberOf(of: unknown, key: unknown): unknown {
  if (of instanceof Namespace) return of.get(toText(key));
  if (Array.isArray(of)) {
    const at = toNumber(key);
    if (!Number.isInteger(at) || at < 0 || at >= of.length) {
      throw new ExpressionError(`index ${at} is outside a list of ${of.length}`);
    }
    return of[at];
  }
  const name = toText(key);
  if (!isMap(of)) throw new ExpressionError(`${nameOf(of)} has no attribute ${name}`);
  if (Object.hasOwn(of, name)) return of[name];
  throw new ExpressionError(`there is no attribute ${name}, only ${Object.keys(of).join(", ") || "an empty map"}`);
}

function splat(value: unknown): readonly unknown[] {
  if (value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** try() and can() are about the failure of their parameters, all other functions get values. */
function call(name: string, parameters: readonly Expression[], spread: boolean, scope: Scope): unknown {
  if (name === "can") return attempt(parameters.slice(0, 1), scope).length > 0;
  if (name === "try") {
    const [first] = attempt(parameters, scope);
    if (first) return first.value;
    throw new ExpressionError("every parameter of try() failed");
  }
  const values = parameters.map((parameter) => evaluateExpression(parameter, scope));
  const all = spread ? [...values.slice(0, -1), ...toList(values.at(-1))] : values;
  return callFunction(name, all, scope.directory);
}

/** The first that has a value, in a list of one or none. */
function attempt(candidates: readonly Expression[], scope: Scope): { value: unknown }[] {
  for (const candidate of candidates) {
    try {
      return [{ value: evaluateExpression(candidate, scope) }];
    } catch {
      // The next one's turn.
    }
  }
  return [];
}

function binary(operator: BinaryOperator, leftSide: Expression, rightSide: Expression, scope: Scope): unknown {
  const left = evaluateExpression(leftSide, scope);
  if (operator === "&&") return toFlag(left) && toFlag(evaluateExpression(rightSide, scope));
  if (operator === "||") return toFlag(left) || toFlag(evaluateExpression(rightSide, scope));
  const right = evaluateExpression(rightSide, scope);
  if (operator === "==") return isDeepStrictEqual(left, right);
  if (operator === "!=") return !isDeepStrictEqual(left, right);
  return arithmetic(operator, toNumber(left), toNumber(right));
}

function arithmetic(
  operator: Exclude<BinaryOperator, "&&" | "||" | "==" | "!=">,
  left: number,
  right: number,
): unknown {
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
    case "%":
      if (right === 0) throw new ExpressionError("division by zero");
      return operator === "/" ? left / right : left % right;
  }
}

function loop(expression: ForExpression, scope: Scope): unknown {
  const { keyName, valueName, resultKey, result, condition, grouped } = expression;
  const collection = evaluateExpression(expression.collection, scope);
  const items = isMap(collection)
    ? sortedKeys(collection).map((key) => [key, collection[key]] as const)
    : [...toList(collection).entries()];
  const list: unknown[] = [];
  const map = new Map<string, unknown>();
  for (const [key, value] of items) {
    const inner = withNames(scope, { ...(keyName === undefined ? {} : { [keyName]: key }), [valueName]: value });
    if (condition && !toFlag(evaluateExpression(condition, inner))) continue;
    const made = evaluateExpression(result, inner);
    if (resultKey === undefined) {
      list.push(made);
      continue;
    }
    const name = toText(evaluateExpression(resultKey, inner));
    if (!grouped && map.has(name))
      throw new ExpressionError(`two items of the for make the key ${JSON.stringify(name)}`);
    map.set(name, grouped ? [...toList(map.get(name) ?? []), made] : made);
  }
  return resultKey === undefined ? list : Object.fromEntries(map);
}

function withNames(scope: Scope, names: Readonly<Record<string, unknown>>): Scope {
  return {
    directory: scope.directory,
    lookup: (name) => (Object.hasOwn(names, name) ? names[name] : scope.lookup(name)),
  };
}
