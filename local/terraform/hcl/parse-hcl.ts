// The structure of a `.tf` file: attributes with their expressions, and blocks. What an attribute's expression is made of is the
// same language as in Terraform JSON.
import { ExpressionError } from "../expression/expression-error.ts";
import { parseExpression } from "../expression/parse-expression.ts";
import { parseQuoted } from "../expression/parse-template.ts";
import { describe, Scanner } from "../expression/scanner.ts";
import type { Expression } from "../expression/syntax.ts";
import { withoutHeredocs } from "./heredocs.ts";

export interface HclBody {
  readonly attributes: ReadonlyMap<string, Expression>;
  readonly blocks: readonly HclBlock[];
}

export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: HclBody;
}

/** Throws an ExpressionError for what it cannot read. */
export function parseHcl(text: string): HclBody {
  return parseBody(new Scanner(withoutHeredocs(text.replace(/^\uFEFF/, ""))), "end");
}

function parseBody(scanner: Scanner, until: "end" | "}"): HclBody {
  const attributes = new Map<string, Expression>();
  const blocks: HclBlock[] = [];
  for (;;) {
    const token = scanner.next();
    if (until === "end" ? token.kind === "end" : token.text === "}") return { attributes, blocks };
    if (token.kind !== "identifier")
      throw new ExpressionError(`expected a name at position ${token.at + 1}, found ${describe(token)}`);
    if (scanner.take("=")) attributes.set(token.text, parseExpression(scanner));
    else blocks.push(parseBlock(scanner, token.text));
  }
}

function parseBlock(scanner: Scanner, type: string): HclBlock {
  const labels: string[] = [];
  while (!scanner.take("{")) {
    const token = scanner.next();
    const label = token.kind === "quote" ? parseQuoted(scanner) : undefined;
    if (label?.kind === "literal") labels.push(String(label.value));
    else if (token.kind === "identifier") labels.push(token.text);
    else throw new ExpressionError(`expected { at position ${token.at + 1}, found ${describe(token)}`);
  }
  return { type, labels, body: parseBody(scanner, "}") };
}
