// A function's resource policy (aws_lambda_permission): what lets API Gateway invoke it.
import type { LambdaFunction } from "#local/stack.ts";
import { matchesArn } from "./match-arn.ts";

export interface Invocation {
  /** `apigateway.amazonaws.com` */
  readonly principal: string;
  /** What invokes: `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<route key>`. */
  readonly sourceArn: string;
  /** Alias or version, when the integration names one. */
  readonly qualifier?: string | undefined;
}

/** A permission counts only for the qualifier it was given for: one on the function says nothing about its aliases (aws facts §9.4). */
export function mayInvoke(target: Pick<LambdaFunction, "permissions">, invocation: Invocation): boolean {
  return target.permissions.some(
    ({ principal, sourceArn, qualifier }) =>
      (principal === "*" || principal === invocation.principal) &&
      qualifier === invocation.qualifier &&
      (sourceArn === undefined || matchesArn(sourceArn, invocation.sourceArn)),
  );
}
