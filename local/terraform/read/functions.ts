import type { LambdaFunction, Role } from "#local/stack.ts";
import { readAsyncInvoke } from "./async-invoke.ts";
import { readCode } from "./code.ts";
import type { Fields } from "./fields.ts";
import { functionName } from "./function-reference.ts";
import { readLayers } from "./layers.ts";
import type { LocalEndpoint } from "./local-endpoint.ts";
import type { Reading } from "./reading.ts";

export function readFunctions(reading: Reading, roles: readonly Role[], endpoint: LocalEndpoint): LambdaFunction[] {
  return reading.resources("aws_lambda_function").map((fields) => {
    const name = fields.required("function_name");
    const roleArn = fields.required("role");
    const reserved = fields.number("reserved_concurrent_executions") ?? -1;
    return {
      address: fields.place,
      name,
      arn: fields.required("arn"),
      role: roles.find(({ arn }) => arn === roleArn),
      code: readCode(fields, reading),
      ...readLayers(fields, reading),
      ...readEntry(fields),
      memoryMb: fields.number("memory_size") ?? 128,
      timeoutSeconds: fields.number("timeout") ?? 3,
      environment: readEnvironment(fields, endpoint),
      logging: readLogging(fields, name),
      ...(reserved >= 0 ? { reservedConcurrency: reserved } : {}),
      asyncInvoke: readAsyncInvoke(reading, fields, name),
      aliases: readAliases(reading, name),
      permissions: readPermissions(reading, name),
    };
  });
}

/** A container image has neither; that it is one is told of its code. */
function readEntry(fields: Fields): Pick<LambdaFunction, "handler" | "runtime"> {
  if (fields.text("package_type") === "Image" || fields.has("image_uri")) return { handler: "", runtime: "" };
  return { handler: fields.required("handler"), runtime: fields.required("runtime") };
}

function readEnvironment(fields: Fields, endpoint: LocalEndpoint): Record<string, string> {
  const variables = Object.entries(fields.block("environment")?.map("variables") ?? {});
  return Object.fromEntries(variables.map(([name, value]) => [name, endpoint.inEnvironment(value)]));
}

/** Text and a group of its own unless configured (aws facts §10.4). */
function readLogging(fields: Fields, name: string): LambdaFunction["logging"] {
  const config = fields.block("logging_config");
  const applicationLevel = config?.text("application_log_level");
  const systemLevel = config?.text("system_log_level");
  return {
    group: config?.text("log_group") ?? `/aws/lambda/${name}`,
    format: config?.text("log_format") === "JSON" ? "JSON" : "Text",
    ...(applicationLevel === undefined ? {} : { applicationLevel }),
    ...(systemLevel === undefined ? {} : { systemLevel }),
  };
}

function readAliases(reading: Reading, name: string): string[] {
  return reading
    .resources("aws_lambda_alias")
    .filter((alias) => functionName(alias.required("function_name")) === name)
    .map((alias) => alias.required("name"));
}

function readPermissions(reading: Reading, name: string): LambdaFunction["permissions"] {
  return reading
    .resources("aws_lambda_permission")
    .filter((permission) => functionName(permission.required("function_name")) === name)
    .filter((permission) => /^lambda:(\*|InvokeFunction)$/i.test(permission.required("action")))
    .map((permission) => {
      const sourceArn = permission.text("source_arn");
      const qualifier = permission.text("qualifier");
      return {
        principal: permission.required("principal"),
        ...(sourceArn === undefined ? {} : { sourceArn }),
        ...(qualifier === undefined ? {} : { qualifier }),
      };
    });
}
