// Text with `${expressions}` in it: a whole JSON string of the Terraform file, or a quoted string within an expression.
import { ExpressionError } from "./expression-error.ts";
import { parseExpression } from "./parse-expression.ts";
import { Scanner } from "./scanner.ts";
import type { Expression } from "./syntax.ts";

/** A string that is exactly one `${}` is that expression, so that its value keeps its type. */
export function parseTemplate(source: string): Expression {
  return parseParts(new Scanner(source), undefined);
}

/** From behind an opening quote to behind the closing one. */
export function parseQuoted(scanner: Scanner): Expression {
  return parseParts(scanner, '"');
}

function parseParts(scanner: Scanner, closing: '"' | undefined): Expression {
  const parts: Expression[] = [];
  let text = "";
  const endText = (): void => {
    if (text !== "") parts.push({ kind: "literal", value: text });
    text = "";
  };
  for (;;) {
    const { source, position } = scanner;
    const rest = source.slice(position, position + 3);
    if (rest === "" && closing) throw new ExpressionError(`a string is not closed: expected " at the end`);
    if (rest === "" || rest[0] === closing) {
      scanner.position += rest === "" ? 0 : 1;
      endText();
      return joined(parts);
    }
    if (rest === "$${" || rest === "%%{") {
      text += rest.slice(1);
      scanner.position += 3;
    } else if (rest.startsWith("${")) {
      endText();
      scanner.position += 2;
      parts.push(parseInterpolation(scanner));
    } else if (rest.startsWith("%{")) {
      throw new ExpressionError(
        `template directives (%{if}, %{for}) are not supported; use a conditional or join() in \${}`,
      );
    } else if (closing && rest[0] === "\\") {
      text += parseEscape(scanner);
    } else {
      text += rest[0];
      scanner.position += 1;
    }
  }
}

function parseInterpolation(scanner: Scanner): Expression {
  if (scanner.source[scanner.position] === "~")
    throw new ExpressionError("the strip marker ~ is not supported; use trimspace()");
  const expression = parseExpression(scanner);
  scanner.expect("}");
  return expression;
}

function joined(parts: readonly Expression[]): Expression {
  const [only] = parts;
  if (only === undefined) return { kind: "literal", value: "" };
  return parts.length === 1 ? only : { kind: "template", parts };
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

function parseEscape(scanner: Scanner): string {
  const [, sequence = "", hex] =
    /^\\(u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|.)/.exec(scanner.source.slice(scanner.position)) ?? [];
  scanner.position += 1 + sequence.length;
  if (hex !== undefined || sequence.length > 1) return String.fromCodePoint(Number.parseInt(sequence.slice(1), 16));
  const character = escapes[sequence];
  if (character === undefined) throw new ExpressionError(`unknown escape \\${sequence} in a string`);
  return character;
}
