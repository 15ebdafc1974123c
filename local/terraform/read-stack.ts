// What Terraform says, in whichever form, to the emulator's picture of the world; everything wrong with it is reported at once.
import { resolve } from "node:path";
import type { Stack } from "#local/stack.ts";
import type { Account } from "./account.ts";
import { readApis } from "./read/apis.ts";
import { readDomains } from "./read/domains.ts";
import { readFunctions } from "./read/functions.ts";
import { localEndpoint } from "./read/local-endpoint.ts";
import { readLogGroups } from "./read/log-groups.ts";
import { readOutputs } from "./read/outputs.ts";
import { Reading } from "./read/reading.ts";
import { readRoles } from "./read/roles.ts";
import { readTables } from "./read/tables.ts";
import { Resolver } from "./resolver.ts";
import { StackError } from "./stack-error.ts";
import { readTerraformFile, type TerraformFile } from "./terraform-file.ts";
import { Unresolvable } from "./unresolvable.ts";

/** What has a meaning at run time here. Every other type is named in `notServed`. */
const servedTypes = new Set([
  "aws_api_gateway_api_key",
  "aws_api_gateway_usage_plan",
  "aws_api_gateway_usage_plan_key",
  "aws_apigatewayv2_api",
  "aws_apigatewayv2_api_mapping",
  "aws_apigatewayv2_authorizer",
  "aws_apigatewayv2_deployment",
  "aws_apigatewayv2_domain_name",
  "aws_apigatewayv2_integration",
  "aws_apigatewayv2_integration_response",
  "aws_apigatewayv2_model",
  "aws_apigatewayv2_route",
  "aws_apigatewayv2_route_response",
  "aws_apigatewayv2_stage",
  "aws_cloudwatch_log_group",
  "aws_dynamodb_table",
  "aws_iam_policy",
  "aws_iam_policy_attachment",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_lambda_alias",
  "aws_lambda_function",
  "aws_lambda_function_event_invoke_config",
  "aws_lambda_layer_version",
  "aws_lambda_permission",
]);

/** `apiEndpoint` (`ws://127.0.0.1:3001`) takes the place of `wss://<api>.execute-api.<region>.amazonaws.com`. */
export async function readStack(file: string, where: { readonly apiEndpoint: string }): Promise<Stack> {
  const path = resolve(file);
  const terraform = await readTerraformFile(path);
  const resolver = new Resolver(terraform);
  const { region, accountId } = readAccount(resolver);
  const reading = new Reading(resolver);
  const { roles, notServed: unknownPolicies } = readRoles(reading);
  const domains = readDomains(reading);
  const endpoint = localEndpoint(reading, where.apiEndpoint, domains);
  const functions = readFunctions(reading, roles, endpoint);
  const { outputs, notServed: unknownOutputs } = readOutputs(reading, endpoint);
  const stack: Stack = {
    file: path,
    region,
    accountId,
    apis: readApis(reading, functions),
    domains,
    functions,
    roles,
    tables: readTables(reading),
    logGroups: readLogGroups(reading),
    outputs,
    notServed: [
      ...new Set([
        ...notServed(terraform).filter((address) => !reading.served.has(address)),
        ...terraform.notices,
        ...reading.withoutEffect,
        ...unknownPolicies,
        ...unknownOutputs,
      ]),
    ],
  };
  if (reading.problems.all.length > 0) throw new StackError(path, reading.problems.all);
  return stack;
}

/** Every ARN is made of it, so without it there is nothing else to report. */
function readAccount(resolver: Resolver): Account {
  try {
    return resolver.account;
  } catch (error) {
    throw error instanceof Unresolvable ? new StackError(resolver.file.path, error.problems) : error;
  }
}

function notServed({ resources }: TerraformFile): string[] {
  return resources.filter(({ type }) => !servedTypes.has(type)).map(({ address }) => address);
}
