// Whether API Gateway may invoke a function: with the role of the integration or authorizer, else by the function's own
// permissions (aws facts §1.6, §9.4).
import { evaluate } from "#local/iam/evaluate.ts";
import { mayInvoke } from "#local/iam/may-invoke.ts";
import type { LambdaFunction, Stack } from "#local/stack.ts";

export interface FunctionTarget {
  readonly functionName?: string;
  readonly qualifier?: string;
  readonly credentialsArn?: string;
}

export function findFunction(stack: Stack, { functionName }: FunctionTarget): LambdaFunction | undefined {
  return stack.functions.find(({ name }) => name === functionName);
}

/** `sourceArn`: the route or authorizer on whose behalf it is. */
export function mayCall(stack: Stack, target: FunctionTarget, sourceArn: string): boolean {
  const { qualifier, credentialsArn } = target;
  const found = findFunction(stack, target);
  if (!found) return false;
  if (credentialsArn === undefined) {
    return mayInvoke(found, { principal: "apigateway.amazonaws.com", sourceArn, qualifier });
  }
  const role = stack.roles.find(({ arn }) => arn === credentialsArn);
  const resource = qualifier === undefined ? found.arn : `${found.arn}:${qualifier}`;
  return role !== undefined && evaluate(role, { action: "lambda:InvokeFunction", resource }).allowed;
}
