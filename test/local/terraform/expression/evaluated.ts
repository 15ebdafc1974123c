// Expressions with a few names to refer to.
import { evaluateExpression } from "#local/terraform/expression/evaluate-expression.ts";
import { ExpressionError } from "#local/terraform/expression/expression-error.ts";
import { Namespace } from "#local/terraform/expression/namespace.ts";
import { parseTemplate } from "#local/terraform/expression/parse-template.ts";

const names: Readonly<Record<string, unknown>> = {
  local: new Namespace(
    (name) => {
      if (name === "bad") throw new ExpressionError("local.bad was read");
      return { stage: "dev", rooms: ["a", "b"], nested: { list: [{ id: "x" }] } }[name];
    },
    () => ["stage", "rooms"],
  ),
  map: { b: 2, a: 1 },
  people: [{ name: "Ada" }, { name: "Bob" }],
};

export function resolved(template: string, directory = "."): unknown {
  const lookup = (name: string): unknown => {
    if (Object.hasOwn(names, name)) return names[name];
    throw new ExpressionError(`nothing is called ${name}`);
  };
  return evaluateExpression(parseTemplate(template), { lookup, directory });
}

/** What is inside one `${}`. */
export const value = (expression: string): unknown => resolved(`\${${expression}}`);
