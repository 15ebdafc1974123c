// IAM's two wildcards: `*` is any text, also none, and `?` exactly one character.

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
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}
