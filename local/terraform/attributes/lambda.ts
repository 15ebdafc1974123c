import type { AttributesByType, Subject } from "./subject.ts";

export const lambdaAttributes: AttributesByType = {
  aws_lambda_function: (fn) => {
    const name = (): string => fn.text("function_name");
    const arn = (): string => fn.arn("lambda", `function:${name()}`);
    const version = (): string => (fn.attribute("publish") === true ? "1" : "$LATEST");
    return {
      id: name,
      arn,
      invoke_arn: () => invokeArn(fn, arn()),
      version,
      qualified_arn: () => `${arn()}:${version()}`,
      qualified_invoke_arn: () => invokeArn(fn, `${arn()}:${version()}`),
      memory_size: () => 128,
      timeout: () => 3,
      package_type: () => "Zip",
    };
  },
  aws_lambda_alias: (alias) => {
    const arn = (): string => `${functionArn(alias)}:${alias.text("name")}`;
    return { id: arn, arn, invoke_arn: () => invokeArn(alias, arn()) };
  },
  aws_lambda_layer_version: (layer) => {
    const layerArn = (): string => layer.arn("lambda", `layer:${layer.text("layer_name")}`);
    const arn = (): string => `${layerArn()}:1`;
    return { id: arn, arn, layer_arn: layerArn, version: () => "1" };
  },
  aws_lambda_permission: (permission) => ({ id: () => permission.text("statement_id") || permission.id() }),
};

/** What an integration's URI holds (aws facts §9.2). */
function invokeArn(of: Subject, functionArn: string): string {
  return `arn:${of.partition}:apigateway:${of.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** An alias names its function by name or by ARN. */
function functionArn(alias: Subject): string {
  const name = alias.text("function_name");
  return name.startsWith("arn:") ? name.split(":").slice(0, 7).join(":") : alias.arn("lambda", `function:${name}`);
}
