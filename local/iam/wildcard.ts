// IAM's two wildcards: `*` is any text, also none, and `?` exactly one character.

/** Stand for the characters themselves, where text is put into a pattern. */
export const literalStar = "\u{E000}";
export const literalQuestionMark = "\u{E001}";

const expressions = new Map<string, RegExp>();

export function matchesWildcard(pattern: string, value: string): boolean {
  if (pattern === "*" || pattern === value) return true;
  let expression = expressions.get(pattern);
  if (!expression) {
    expression = new RegExp(`^${[...pattern].map(asRegExp).join("")}$`, "su");
    expressions.set(pattern, expression);
  }
  return expression.test(value);
}

function asRegExp(character: string): string {
  if (character === "*") return ".*";
  if (character === "?") return ".";
  if (character === literalStar) return "\\*";
  if (character === literalQuestionMark) return "\\?";
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}
