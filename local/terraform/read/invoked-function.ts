import type { LambdaFunction } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import { type FunctionReference, functionOfArn, functionOfInvokeArn } from "./function-reference.ts";

/** The function an integration's or authorizer's URI invokes; checks that it is one AWS could invoke. */
export function invokedFunction(
  fields: Fields,
  attribute: string,
  functions: readonly LambdaFunction[],
): FunctionReference | undefined {
  if (!fields.has(attribute)) {
    fields.required(attribute);
    return undefined;
  }
  const uri = fields.text(attribute) ?? "";
  const reference = functionOfInvokeArn(uri);
  if (reference === undefined) {
    // On AWS it is accepted, and each call fails (aws facts §9.3).
    const hint = functionOfArn(uri)
      ? "is a function's arn; its invoke_arn is needed"
      : "is not the invoke_arn of a Lambda function";
    fields.problem(`${attribute} ${JSON.stringify(uri)} ${hint}`);
    return undefined;
  }
  const { functionName, qualifier } = reference;
  const target = functions.find(({ name }) => name === functionName);
  if (!target) {
    const names = functions.map(({ name }) => name).join(", ") || "none";
    fields.problem(
      `${attribute} invokes the function ${functionName}, which is not in the file; its functions: ${names}`,
    );
    return undefined;
  }
  if (qualifier !== undefined && !/^(\d+|\$LATEST)$/.test(qualifier) && !target.aliases.includes(qualifier)) {
    fields.problem(
      `${attribute} invokes the alias ${qualifier} of ${functionName}; its aliases: ${target.aliases.join(", ") || "none"}`,
    );
    return undefined;
  }
  return reference;
}
