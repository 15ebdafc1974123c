import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { LambdaFunction, Role } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import { functionName } from "./function-reference.ts";
import type { Reading } from "./reading.ts";

export function readFunctions(reading: Reading, roles: readonly Role[]): LambdaFunction[] {
  return reading.resources("aws_lambda_function").map((fields) => {
    const name = fields.required("function_name");
    const roleArn = fields.required("role");
    const reserved = fields.number("reserved_concurrent_executions") ?? -1;
    return {
      address: fields.place,
      name,
      arn: fields.required("arn"),
      role: roles.find(({ arn }) => arn === roleArn),
      code: readCode(fields, reading.directory),
      handler: fields.required("handler"),
      runtime: fields.required("runtime"),
      memoryMb: fields.number("memory_size") ?? 128,
      timeoutSeconds: fields.number("timeout") ?? 3,
      environment: fields.block("environment")?.map("variables") ?? {},
      logging: readLogging(fields, name),
      ...(reserved >= 0 ? { reservedConcurrency: reserved } : {}),
      aliases: readAliases(reading, name),
      permissions: readPermissions(reading, name),
    };
  });
}

function readCode(fields: Fields, directory: string): string {
  const elsewhere = ["s3_bucket", "image_uri"].find((source) => fields.has(source));
  if (elsewhere !== undefined) {
    fields.problem(
      `the code comes from ${elsewhere}, which is not served; expected is filename, a zip or directory beside the Terraform file`,
    );
    return "";
  }
  const filename = fields.required("filename");
  const path = resolve(directory, filename);
  if (filename !== "" && !existsSync(path))
    fields.problem(
      `filename is ${JSON.stringify(filename)}, and there is no ${path}; build the functions and synthesize again`,
    );
  return path;
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
