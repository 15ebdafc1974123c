// The ways in which Terraform names a Lambda function: by name, ARN, or the invoke ARN of an integration.

export interface FunctionReference {
  readonly functionName: string;
  /** Alias or version. */
  readonly qualifier?: string;
}

/** Name of a function that is given by name or ARN, with or without a qualifier. */
export function functionName(nameOrArn: string): string {
  return functionOfArn(nameOrArn)?.functionName ?? nameOrArn.split(":")[0] ?? "";
}

/** `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations` */
export function functionOfInvokeArn(uri: string): FunctionReference | undefined {
  const [, arn] = uri.match(/^arn:[^:]+:apigateway:[^:]*:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/) ?? [];
  return arn === undefined ? undefined : functionOfArn(arn);
}

/** `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]` */
export function functionOfArn(arn: string): FunctionReference | undefined {
  const [, functionName, qualifier] = arn.match(/^arn:[^:]+:lambda:[^:]*:\d+:function:([^:/]+)(?::([^:/]+))?$/) ?? [];
  if (functionName === undefined) return undefined;
  return qualifier === undefined ? { functionName } : { functionName, qualifier };
}
