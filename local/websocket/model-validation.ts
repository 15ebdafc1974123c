// Request models: JSON Schema, draft 4, chosen per message (aws facts §3.5). The validator is loaded only for a stack that has
// models.
import { createRequire } from "node:module";
import type { ErrorObject } from "ajv";
import type { RequestModels } from "#local/stack.ts";
import { compileSelectionExpression } from "./selection-expression.ts";

/** undefined: the message is right; else what is wrong with it, for the logs. */
export type ValidateMessage = (text: string) => string | undefined;

type Check = (body: unknown) => readonly string[];

/** Throws a sentence for a schema that is none. */
export function compileModels({ selectionExpression, schemas }: RequestModels): ValidateMessage {
  const evaluate = compileSelectionExpression(selectionExpression);
  const checks = new Map(Object.entries(schemas).map(([key, schema]) => [key, compileSchema(key, schema)]));
  return (text) => {
    const body = parse(text);
    const check = checks.get(evaluate(body)) ?? checks.get("$default");
    if (!check) return "no model matches the message, and there is none for $default";
    const errors = body === undefined ? ["the message is no JSON"] : check(body);
    return errors.length === 0 ? undefined : `[${errors.join(", ")}]`;
  };
}

function compileSchema(key: string, schema: string): Check {
  try {
    const { default: Ajv } = createRequire(import.meta.url)("ajv-draft-04") as typeof import("ajv-draft-04");
    // AWS's validator ignores what it does not know, formats among it.
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false }).compile(
      JSON.parse(schema),
    );
    return (body) => (validate(body) ? [] : (validate.errors ?? []).map(describe));
  } catch (error) {
    throw new Error(`the model "${key}" is no JSON Schema: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function describe({ instancePath, message = "is wrong" }: ErrorObject): string {
  return `${instancePath === "" ? "the message" : instancePath} ${message}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
