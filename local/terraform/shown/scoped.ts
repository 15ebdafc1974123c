import { evaluateExpression, type Scope } from "../expression/evaluate-expression.ts";
import type { Expression } from "../expression/syntax.ts";

/** An expression of a module, which means something only there, and what to take when it cannot be evaluated. */
export class Scoped {
  readonly #expression: Expression;
  readonly #scope: (root: Scope) => Scope;
  readonly #otherwise: () => unknown;

  constructor(expression: Expression, scope: (root: Scope) => Scope, otherwise: () => unknown) {
    this.#expression = expression;
    this.#scope = scope;
    this.#otherwise = otherwise;
  }

  /** Throws an ExpressionError. */
  evaluate(root: Scope): unknown {
    return evaluateExpression(this.#expression, this.#scope(root));
  }

  /** To be resolved like any other part of a block; undefined when there is nothing else. */
  otherwise(): unknown {
    return this.#otherwise();
  }
}
