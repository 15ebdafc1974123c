// Text with `${expressions}` in it: a whole JSON string of the Terraform file, or a quoted string within an expression.
import { ExpressionError } from "./expression-error.ts";
import { parseExpression } from "./parse-expression.ts";
import { Scanner } from "./scanner.ts";
import type { Expression } from "./syntax.ts";

/** A string that is exactly one `${}` is that expression, so that its value keeps its type. */
export function parseTemplate(source: string): Expression {
  return joined(parseParts(new Scanner(source), undefined).parts);
}

/** From behind an opening quote to behind the closing one. */
export function parseQuoted(scanner: Scanner): Expression {
  return joined(parseParts(scanner, '"').parts);
}

interface Parts {
  readonly parts: readonly Expression[];
  /** The directive that ended them: `else`, `endif`, `endfor`. */
  readonly end?: string;
}

/** Up to the closing quote or the end; inside of a directive up to one of those that `ends` it. */
function parseParts(scanner: Scanner, closing: '"' | undefined, ends: readonly string[] = []): Parts {
  const parts: Expression[] = [];
  let text = "";
  const endText = (strip = false): void => {
    if (strip) text = text.trimEnd();
    if (text !== "") parts.push({ kind: "literal", value: text });
    text = "";
  };
  for (;;) {
    const { source, position } = scanner;
    const rest = source.slice(position, position + 3);
    if (rest === "" || rest[0] === closing) {
      if (ends.length > 0)
        throw new ExpressionError(`a template directive is not closed: expected %{ ${ends.at(-1)} }`);
      if (rest === "" && closing) throw new ExpressionError(`a string is not closed: expected " at the end`);
      scanner.position += rest === "" ? 0 : 1;
      endText();
      return { parts };
    }
    if (rest === "$${" || rest === "%%{") {
      text += rest.slice(1);
      scanner.position += 3;
    } else if (/^[$%]\{/.test(rest)) {
      scanner.position += 2;
      endText(scanner.take("~"));
      if (rest[0] === "$") {
        parts.push(parseExpression(scanner));
        closeMarker(scanner);
      } else {
        const directive = scanner.next().text;
        if (ends.includes(directive)) return { parts, end: directive };
        parts.push(parseDirective(scanner, directive, closing));
      }
    } else if (closing && rest[0] === "\\") {
      text += parseEscape(scanner);
    } else {
      text += rest[0];
      scanner.position += 1;
    }
  }
}

/** `%{ if test }…%{ else }…%{ endif }` or `%{ for key, value in collection }…%{ endfor }`, from behind its first word. */
function parseDirective(scanner: Scanner, directive: string, closing: '"' | undefined): Expression {
  if (directive === "if") {
    const test = parseExpression(scanner);
    closeMarker(scanner);
    const first = parseParts(scanner, closing, ["else", "endif"]);
    closeMarker(scanner);
    const second = first.end === "else" ? parseParts(scanner, closing, ["endif"]) : { parts: [] };
    if (first.end === "else") closeMarker(scanner);
    const then = template(first);
    return { kind: "conditional", test, then, otherwise: template(second) };
  }
  if (directive !== "for")
    throw new ExpressionError(`the template directive %{ ${directive} } is none: there are if and for`);
  const name = scanner.next().text;
  const second = scanner.take(",") ? scanner.next().text : undefined;
  scanner.expect("in");
  const collection = parseExpression(scanner);
  closeMarker(scanner);
  const result = template(parseParts(scanner, closing, ["endfor"]));
  closeMarker(scanner);
  const names = { keyName: second === undefined ? undefined : name, valueName: second ?? name };
  const rest = { resultKey: undefined, grouped: false, condition: undefined };
  const items: Expression = { kind: "for", ...names, collection, result, ...rest };
  return { kind: "call", name: "join", parameters: [{ kind: "literal", value: "" }, items], spread: false };
}

/** The brace; a `~` before it takes the space behind it away. */
function closeMarker(scanner: Scanner): void {
  const strips = scanner.take("~");
  scanner.expect("}");
  // In a quoted string line ends are written as escapes.
  const space = /(?:\s|\\[nrt])*/y;
  space.lastIndex = scanner.position;
  if (strips) scanner.position += space.exec(scanner.source)?.[0].length ?? 0;
}

/** A text in any case, unlike a template that is one expression. */
function template({ parts }: Parts): Expression {
  return { kind: "template", parts };
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
