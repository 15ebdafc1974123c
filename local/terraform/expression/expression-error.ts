/** What is wrong with one expression; who evaluates it adds where it stands. */
export class ExpressionError extends Error {}

/** It refers to what is not emulated, so there is nothing wrong with it. */
export class NotServedError extends ExpressionError {}
