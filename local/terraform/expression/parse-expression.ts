// Pratt parser: each binary operator binds with a number, and an operand extends as far as operators that bind tighter go.
import { ExpressionError } from "./expression-error.ts";
import { parseQuoted } from "./parse-template.ts";
import { describe, type Scanner, type Token } from "./scanner.ts";
import { type BinaryOperator, binaryOperators, type Expression } from "./syntax.ts";

const conditionalPower = 1;
const unaryPower = 8;
const binaryPowers: Readonly<Record<BinaryOperator, number>> = {
  "||": 2,
  "&&": 3,
  "==": 4,
  "!=": 4,
  "<": 5,
  "<=": 5,
  ">": 5,
  ">=": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
  "%": 7,
};

/** Reads one expression and leaves the scanner at what follows it. */
export function parseExpression(scanner: Scanner, power = 0): Expression {
  let left = parseOperand(scanner);
  for (;;) {
    const { text, kind } = scanner.peek();
    if (kind === "symbol" && isBinary(text) && binaryPowers[text] > power) {
      scanner.next();
      left = { kind: "binary", operator: text, left, right: parseExpression(scanner, binaryPowers[text]) };
    } else if (kind === "symbol" && text === "?" && conditionalPower > power) {
      scanner.next();
      const then = parseExpression(scanner);
      scanner.expect(":");
      left = { kind: "conditional", test: left, then, otherwise: parseExpression(scanner) };
    } else {
      return left;
    }
  }
}

function isBinary(text: string): text is BinaryOperator {
  return (binaryOperators as readonly string[]).includes(text);
}

function parseOperand(scanner: Scanner): Expression {
  const token = scanner.next();
  if (token.text === "-" || token.text === "!") {
    return { kind: "unary", operator: token.text, operand: parseExpression(scanner, unaryPower) };
  }
  return parsePostfix(scanner, parsePrimary(scanner, token));
}

function parsePrimary(scanner: Scanner, token: Token): Expression {
  if (token.kind === "number") return { kind: "literal", value: Number(token.text) };
  if (token.kind === "quote") return parseQuoted(scanner);
  if (token.kind === "identifier") return parseWord(scanner, token.text);
  if (token.text === "[") return parseTuple(scanner);
  if (token.text === "{") return parseObject(scanner);
  if (token.text === "(") {
    const inner = parseExpression(scanner);
    scanner.expect(")");
    return inner;
  }
  throw new ExpressionError(`expected a value at position ${token.at + 1}, found ${describe(token)}`);
}

function parseWord(scanner: Scanner, first: string): Expression {
  const word = first + parseNamespaces(scanner);
  if (word === "true" || word === "false") return { kind: "literal", value: word === "true" };
  if (word === "null") return { kind: "literal", value: null };
  if (!scanner.take("(")) return { kind: "name", name: word };
  const parameters: Expression[] = [];
  let spread = false;
  while (!scanner.take(")")) {
    parameters.push(parseExpression(scanner));
    spread = scanner.take("...");
    if (spread || !scanner.take(",")) {
      scanner.expect(")");
      break;
    }
  }
  return { kind: "call", name: word, parameters, spread };
}

/** A provider's function: `provider::aws::arn_parse`, which is known by name only. */
function parseNamespaces(scanner: Scanner): string {
  const pattern = /(?:::[\p{ID_Start}_][\p{ID_Continue}-]*)*/uy;
  pattern.lastIndex = scanner.position;
  const names = pattern.exec(scanner.source)?.[0] ?? "";
  scanner.position += names.length;
  return names;
}

function parsePostfix(scanner: Scanner, start: Expression): Expression {
  let of = start;
  for (;;) {
    if (scanner.take(".")) {
      if (scanner.take("*")) return parseSplat(scanner, of);
      of = parseAttribute(scanner, of);
    } else if (scanner.take("[")) {
      if (scanner.take("*")) {
        scanner.expect("]");
        return parseSplat(scanner, of);
      }
      of = { kind: "index", of, key: parseExpression(scanner) };
      scanner.expect("]");
    } else {
      return of;
    }
  }
}

/** `.name`, or the old form `.0` of an index. */
function parseAttribute(scanner: Scanner, of: Expression): Expression {
  const token = scanner.next();
  if (token.kind === "identifier") return { kind: "attribute", of, name: token.text };
  if (token.kind === "number" && /^\d+$/.test(token.text)) {
    return { kind: "index", of, key: { kind: "literal", value: Number(token.text) } };
  }
  throw new ExpressionError(`expected an attribute name at position ${token.at + 1}, found ${describe(token)}`);
}

/** The rest of the chain applies to each item. No identifier has a space, so the item's name hides none. */
function parseSplat(scanner: Scanner, of: Expression): Expression {
  const item = "each item";
  return { kind: "splat", of, item, rest: parsePostfix(scanner, { kind: "name", name: item }) };
}

function parseTuple(scanner: Scanner): Expression {
  if (scanner.take("for")) return parseFor(scanner, "]");
  const items: Expression[] = [];
  while (!scanner.take("]")) {
    items.push(parseExpression(scanner));
    if (!scanner.take(",")) {
      scanner.expect("]");
      break;
    }
  }
  return { kind: "tuple", items };
}

function parseObject(scanner: Scanner): Expression {
  if (scanner.take("for")) return parseFor(scanner, "}");
  const entries: [Expression, Expression][] = [];
  while (!scanner.take("}")) {
    const key = parseExpression(scanner);
    if (!scanner.take("=")) scanner.expect(":");
    // A bare word is a key, not a reference; in parentheses it would be one, which nobody writes in JSON.
    entries.push([key.kind === "name" ? { kind: "literal", value: key.name } : key, parseExpression(scanner)]);
    scanner.take(",");
  }
  return { kind: "object", entries };
}

function parseFor(scanner: Scanner, closing: "]" | "}"): Expression {
  const first = scanner.next().text;
  const second = scanner.take(",") ? scanner.next().text : undefined;
  scanner.expect("in");
  const collection = parseExpression(scanner);
  scanner.expect(":");
  const head = parseExpression(scanner);
  const keyed = closing === "}";
  if (keyed) scanner.expect("=>");
  const result = keyed ? parseExpression(scanner) : head;
  const grouped = keyed && scanner.take("...");
  const condition = scanner.take("if") ? parseExpression(scanner) : undefined;
  scanner.expect(closing);
  return {
    kind: "for",
    keyName: second === undefined ? undefined : first,
    valueName: second ?? first,
    collection,
    resultKey: keyed ? head : undefined,
    result,
    grouped,
    condition,
  };
}
