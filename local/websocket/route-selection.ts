// Which route a message takes (aws facts §3.1): exact match of the selection value, else `$default`, else none.
import { parseAlmostJson } from "./almost-json.ts";
import { compileSelectionExpression } from "./selection-expression.ts";

/**
 * Text that is not JSON has no selection value and takes `$default`. So does a value that spells `$connect` or `$disconnect`:
 * a client must not be able to play those events. AWS's behaviour there is not documented.
 */
export function selectRoutes<R>(expression: string, routes: ReadonlyMap<string, R>): (text: string) => R | undefined {
  const evaluate = compileSelectionExpression(expression);
  const fallback = routes.get("$default");
  const selectable = new Map([...routes].filter(([key]) => key !== "$connect" && key !== "$disconnect"));
  return (text) => {
    let body: unknown;
    try {
      body = parseAlmostJson(text);
    } catch {
      return fallback;
    }
    return selectable.get(evaluate(body)) ?? fallback;
  };
}
