// What stands for a value in a template: literals, references and calculations, with the meaning they have in Velocity 1.7.
import { textOf } from "#local/java-text.ts";
import type { Meter } from "./meter.ts";
import { methodOf } from "./methods.ts";
import { add, divide, integerOf, isNumber, type JavaNumber, multiply, remainder, subtract } from "./numbers.ts";
import type { Calculation, Expression, Literal, Operand, RangeEnd, Reference, Step } from "./syntax.ts";
import { isEqual, isTrue, memberOf, newMap, setMember, type Value } from "./values.ts";

/** What one rendering has. */
export interface Frame {
  readonly variables: Map<string, Value>;
  readonly meter: Meter;
}

export type Evaluate = (frame: Frame) => Value;

export interface Language {
  /** A template as text: what stands in double quotes is one. */
  readonly text: (source: string) => Evaluate;
  /** Throws a sentence for a reference to what is not served. */
  readonly check: (reference: Reference) => void;
}

export function compileExpression(node: Expression, language: Language): Evaluate {
  if (node.type === "math") return compileCalculation(node, language);
  return node.type === "references" ? compileReference(node, language) : compileLiteral(node, language);
}

function compileLiteral(node: Literal, language: Language): Evaluate {
  switch (node.type) {
    case "string":
      return node.isEval && /[$#]/.test(node.value) ? language.text(node.value) : () => node.value;
    case "integer":
    case "decimal": {
      const number = node.type === "integer" ? integerOf(String(node.value)) : Number(node.value);
      return () => number;
    }
    case "bool": {
      const value = { true: true, false: false, null: undefined }[node.value];
      return () => value;
    }
    case "array":
      return node.isRange ? compileRange(node.value, language) : compileList(node.value, language);
    case "map": {
      const members = Object.entries(node.value ?? {}).map(
        ([key, value]) => [key, compileExpression(value, language)] as const,
      );
      return (frame) => {
        frame.meter.made(members.length);
        return newMap(members.map(([key, value]) => [key, value(frame)] as const));
      };
    }
  }
}

function compileList(nodes: readonly Operand[], language: Language): Evaluate {
  const elements = nodes.map((node) => compileExpression(node, language));
  return (frame) => {
    frame.meter.made(elements.length);
    return elements.map((element) => element(frame));
  };
}

/** `[1..$n]`, both ends included, up or down. */
function compileRange(ends: readonly RangeEnd[], language: Language): Evaluate {
  const [from, to] = ends.map((end) =>
    typeof end === "object" ? compileReference(end, language) : (): Value => Number(end),
  );
  return (frame) => {
    const [first, last] = [from?.(frame), to?.(frame)];
    if (typeof first !== "number" || typeof last !== "number") return undefined;
    const length = Math.abs(last - first) + 1;
    frame.meter.made(length);
    const step = first <= last ? 1 : -1;
    return Array.from({ length }, (_, at) => first + at * step);
  };
}

export function compileReference(reference: Reference, language: Language): Evaluate {
  language.check(reference);
  const steps = (reference.path ?? []).map((step) => compileStep(step, language));
  return (frame) => {
    let value = frame.variables.get(reference.id);
    for (const step of steps) value = step(value, frame);
    return value;
  };
}

function compileStep(step: Step, language: Language): (target: Value, frame: Frame) => Value {
  if (step.type === "property") return (target) => memberOf(target, step.id);
  if (step.type === "index") {
    const key = compileExpression(step.id, language);
    return (target, frame) => memberOf(target, key(frame));
  }
  const args = (step.args || []).map((arg) => compileExpression(arg, language));
  return (target, frame) => {
    const given = args.map((arg) => arg(frame));
    return methodOf(target, step.id)?.(target as never, given, frame.meter);
  };
}

/** As in Velocity 1.7, null is not assigned. */
export function compileAssignment(
  target: Reference,
  expression: Expression,
  language: Language,
): (frame: Frame) => void {
  const value = compileExpression(expression, language);
  const path = target.path ?? [];
  const last = path.at(-1);
  if (last?.type === "method") throw new Error("#set names a method: it should name a variable or a member");
  const key = last && (last.type === "index" ? compileExpression(last.id, language) : () => last.id);
  const container = compileReference({ ...target, path: path.slice(0, -1) }, language);
  return (frame) => {
    const assigned = value(frame);
    if (assigned === undefined) return;
    frame.meter.made(1);
    if (key) setMember(container(frame), key(frame), assigned);
    else frame.variables.set(target.id, assigned);
  };
}

function compileCalculation(node: Calculation, language: Language): Evaluate {
  const { operator } = node;
  if (operator === "&&" || operator === "||") return compileAlternatives(node, language);
  const [one, other] = node.expression.map((operand) => compileExpression(operand, language));
  if (!one) throw new Error(`the operator ${operator} has nothing to calculate with`);
  if (operator === "parenthesis") return one;
  if (operator === "not") return (frame) => !isTrue(one(frame));
  const calculate = operators[operator];
  if (!calculate || !other) throw new Error(`the operator ${operator} is not served`);
  return (frame) => calculate(one(frame), other(frame), frame.meter);
}

/** `and` binds tighter than `or`; the parser takes both from left to right. */
function compileAlternatives(node: Calculation, language: Language): Evaluate {
  const alternatives: Evaluate[][] = [[]];
  const collect = (one: Expression): void => {
    if (one.type !== "math" || (one.operator !== "&&" && one.operator !== "||")) {
      alternatives.at(-1)?.push(compileExpression(one, language));
      return;
    }
    const [left, ...rest] = one.expression;
    collect(left);
    if (one.operator === "||") alternatives.push([]);
    for (const right of rest) collect(right);
  };
  collect(node);
  return (frame) => alternatives.some((all) => all.every((one) => isTrue(one(frame))));
}

type Calculate = (one: Value, other: Value, meter: Meter) => Value;

const operators: Readonly<Record<string, Calculate>> = {
  "==": isEqual,
  "!=": (one, other, meter) => !isEqual(one, other, meter),
  "<": (one, other) => ofNumbers(one, other, (a, b) => a < b) ?? false,
  "<=": (one, other) => ofNumbers(one, other, (a, b) => a <= b) ?? false,
  ">": (one, other) => ofNumbers(one, other, (a, b) => a > b) ?? false,
  ">=": (one, other) => ofNumbers(one, other, (a, b) => a >= b) ?? false,
  "+": (one, other, { made }) => {
    if (typeof one !== "string" && typeof other !== "string") return ofNumbers(one, other, add);
    const text = textOf(one, made) + textOf(other, made);
    made(text.length);
    return text;
  },
  "-": (one, other) => ofNumbers(one, other, subtract),
  "*": (one, other) => ofNumbers(one, other, multiply),
  "/": (one, other) => ofNumbers(one, other, divide),
  "%": (one, other) => ofNumbers(one, other, remainder),
};

/** Of anything else there is no result, which is null. */
function ofNumbers<T>(one: Value, other: Value, calculate: (a: JavaNumber, b: JavaNumber) => T): T | undefined {
  return isNumber(one) && isNumber(other) ? calculate(one, other) : undefined;
}
