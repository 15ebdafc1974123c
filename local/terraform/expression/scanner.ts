// Cuts an expression into tokens, one at a time: a quoted string may hold further expressions, so only the parser knows
// where text ends and code begins.
import { ExpressionError } from "./expression-error.ts";

export interface Token {
  readonly kind: "number" | "identifier" | "symbol" | "quote" | "end";
  readonly text: string;
  /** Index in the source. */
  readonly at: number;
}

const patterns = {
  space: /(?:\s|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y,
  number: /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y,
  identifier: /[\p{ID_Start}_][\p{ID_Continue}-]*/uy,
  symbol: /\.\.\.|=>|==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,=~()[\]{}]/y,
};

export class Scanner {
  readonly source: string;
  /** Where unread text begins. */
  position: number;

  constructor(source: string, position = 0) {
    this.source = source;
    this.position = position;
  }

  peek(): Token {
    const before = this.position;
    const token = this.next();
    this.position = before;
    return token;
  }

  next(): Token {
    this.#match(patterns.space);
    const at = this.position;
    if (at >= this.source.length) return { kind: "end", text: "", at };
    if (this.source[at] === '"') {
      this.position += 1;
      return { kind: "quote", text: '"', at };
    }
    for (const kind of ["number", "identifier", "symbol"] as const) {
      const text = this.#match(patterns[kind]);
      if (text) return { kind, text, at };
    }
    throw new ExpressionError(`unexpected character ${JSON.stringify(this.source[at])} at position ${at + 1}`);
  }

  /** Consumes the next token if it is this symbol or word. */
  take(text: string): boolean {
    const token = this.peek();
    if (token.kind === "quote" || token.text !== text) return false;
    this.next();
    return true;
  }

  expect(text: string): void {
    if (this.take(text)) return;
    const { at, ...token } = this.peek();
    throw new ExpressionError(`expected ${text} at position ${at + 1}, found ${describe(token)}`);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const text = pattern.exec(this.source)?.[0] ?? "";
    this.position += text.length;
    return text;
  }
}

export function describe(token: Pick<Token, "kind" | "text">): string {
  return token.kind === "end" ? "the end" : token.text;
}
