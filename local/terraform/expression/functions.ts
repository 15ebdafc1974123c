// Terraform's functions that are known here, by name.
import { closest, distance } from "fastest-levenshtein";
import { collectionFunctions } from "./collection-functions.ts";
import { encodingFunctions } from "./encoding-functions.ts";
import { ExpressionError } from "./expression-error.ts";
import { fileFunctions } from "./file-functions.ts";
import { numberFunctions } from "./number-functions.ts";
import { textFunctions } from "./text-functions.ts";

/** Gets the parameters, evaluated, and the Terraform file's directory; checks what it takes by converting. */
export type TerraformFunction = (parameters: readonly unknown[], directory: string) => unknown;

const functions: Readonly<Record<string, TerraformFunction>> = {
  ...textFunctions,
  ...numberFunctions,
  ...collectionFunctions,
  ...encodingFunctions,
  ...fileFunctions,
};

export function callFunction(name: string, parameters: readonly unknown[], directory: string): unknown {
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined) throw new ExpressionError(`the function ${name}() is not supported here${suggestion(name)}`);
  try {
    return known(parameters, directory);
  } catch (error) {
    throw new ExpressionError(`${name}(): ${error instanceof Error ? error.message : String(error)}`);
  }
}

function suggestion(name: string): string {
  const near = closest(name, Object.keys(functions));
  return distance(name, near) <= 2 ? `; did you mean ${near}()?` : "";
}
