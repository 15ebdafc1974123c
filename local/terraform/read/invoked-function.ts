import type { LambdaFunction } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import { type FunctionReference, functionOfArn, functionOfInvokeArn } from "./function-reference.ts";
import { hasStageVariables, inStage, type VariablesOfStage } from "./stage-variables.ts";

/**
 * The function an integration's or authorizer's URI invokes for a stage; checks that it is one AWS could invoke. Without a stage,
 * nobody is to be served, and what depends on the stage is not checked.
 */
export function invokedFunction(
  fields: Fields,
  attribute: string,
  functions: readonly LambdaFunction[],
  stage: VariablesOfStage | undefined,
): FunctionReference | undefined {
  if (!fields.has(attribute)) {
    fields.required(attribute);
    return undefined;
  }
  const written = fields.text(attribute) ?? "";
  const dependsOnStage = hasStageVariables(written);
  if (dependsOnStage && !stage) return { functionName: written };
  const uri = stage ? inStage(fields, attribute, written, stage) : written;
  if (uri === undefined) return undefined;
  const place = dependsOnStage ? `${attribute}, for ${stage?.place},` : attribute;
  const reference = functionOfInvokeArn(uri);
  if (reference === undefined) {
    // On AWS it is accepted, and each call fails (aws facts §9.3).
    const hint = functionOfArn(uri)
      ? "is a function's arn; its invoke_arn is needed"
      : "is not the invoke_arn of a Lambda function";
    fields.problem(`${place} ${JSON.stringify(uri)} ${hint}`);
    return undefined;
  }
  const { functionName, qualifier } = reference;
  const target = functions.find(({ name }) => name === functionName);
  if (!target) {
    const names = functions.map(({ name }) => name).join(", ") || "none";
    fields.problem(`${place} invokes the function ${functionName}, which is not in the file; its functions: ${names}`);
    return undefined;
  }
  if (qualifier !== undefined && !/^(\d+|\$LATEST)$/.test(qualifier) && !target.aliases.includes(qualifier)) {
    fields.problem(
      `${place} invokes the alias ${qualifier} of ${functionName}; its aliases: ${target.aliases.join(", ") || "none"}`,
    );
    return undefined;
  }
  return reference;
}
