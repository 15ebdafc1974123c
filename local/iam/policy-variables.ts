// `${aws:PrincipalAccount}` in a resource or a condition's value. What takes its place is text: a `*` in it is no wildcard.
import { type Context, valuesOf } from "./context.ts";
import { literalQuestionMark, literalStar } from "./wildcard.ts";

/** `${key}` or `${key, 'default'}`; `${*}`, `${?}` and `${$}` are the characters themselves. */
const variable = /\$\{\s*([^,}]+?)\s*(?:,\s*'([^']*)'\s*)?\}/g;

/** undefined: a variable has no value in this request, and then the text matches nothing. */
export function withVariables(text: string, context: Context): string | undefined {
  if (!text.includes("${")) return text;
  let complete = true;
  const filled = text.replace(variable, (_, key: string, otherwise?: string) => {
    if (key === "*" || key === "?" || key === "$") return literalText(key);
    const [value = otherwise, ...more] = valuesOf(context, key) ?? [];
    complete &&= value !== undefined && more.length === 0;
    return literalText(value ?? "");
  });
  return complete ? filled : undefined;
}

/** Whether all `${` in it belong to variables. */
export function hasOnlyVariables(text: string): boolean {
  return !text.replace(variable, "").includes("${");
}

function literalText(text: string): string {
  return text.replaceAll("*", literalStar).replaceAll("?", literalQuestionMark);
}
