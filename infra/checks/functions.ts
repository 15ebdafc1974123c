import { fields } from "../stage-file/fields.ts";
import { looksSecret } from "../stage-file/rules/secrets.ts";
import type { CheckRule } from "./rule.ts";
import { block } from "./stack-file.ts";

/** As long as AWS keeps them safe (aws facts §10.1). */
const RUNTIMES: readonly unknown[] = ["nodejs22.x", "nodejs24.x"];

const fn = "aws_lambda_function";
const permission = "aws_lambda_permission";

export const FUNCTION_RULES: readonly CheckRule[] = [
  {
    id: "function-no-secrets",
    standsFor: ["CKV_AWS_45"],
    of: fn,
    wrong: ({ args }) => {
      const variables = Object.entries(fields(block(args.environment).variables));
      const found = variables.filter(([name, value]) => looksSecret(name, String(value))).map(([name]) => name);
      return found.length === 0
        ? undefined
        : `shows what looks like a secret to whoever may look at it, in ${found.join(", ")}: keep it in SSM or Secrets Manager`;
    },
  },
  {
    id: "function-runtime",
    standsFor: ["CKV_AWS_363", "L1", "Lambda.2", "aws_lambda_function_deprecated_runtime"],
    of: fn,
    wrong: ({ args }) =>
      RUNTIMES.includes(args.runtime) ? undefined : `runs on ${args.runtime}: use ${RUNTIMES.join(" or ")}`,
  },
  {
    id: "function-sized",
    standsFor: ["LambdaDefaultMemorySize", "LambdaDefaultTimeout"],
    of: fn,
    wrong: ({ args }) =>
      args.memory_size === undefined || args.timeout === undefined
        ? "leaves memory_size or timeout to Lambda's defaults, 128 MB and 3 s: say both"
        : undefined,
  },
  {
    id: "function-traced",
    standsFor: ["CKV_AWS_50", "AWS-0066", "Lambda.7", "LambdaTracing"],
    of: fn,
    wrong: ({ args }) =>
      block(args.tracing_config).mode === "Active" ? undefined : "is not traced: set tracing_config.mode to Active",
  },
  {
    id: "function-log-group",
    standsFor: ["CloudwatchLogGroupRetentionPeriod", "aws facts §10.4"],
    of: fn,
    wrong: ({ args }) => {
      const { log_format, log_group } = block(args.logging_config);
      return log_format === "JSON" && log_group !== undefined
        ? undefined
        : "would make a log group of its own that never ends, or write lines that are not JSON: set logging_config";
    },
  },
  {
    id: "function-variables-key",
    standsFor: ["CKV_AWS_173"],
    of: fn,
    wrong: ({ args }) =>
      args.environment === undefined || args.kms_key_arn !== undefined
        ? undefined
        : "has variables that AWS's own key encrypts: set kms_key_arn",
  },
  {
    id: "function-concurrency",
    standsFor: ["CKV_AWS_115"],
    of: fn,
    wrong: ({ args }) =>
      args.reserved_concurrent_executions === undefined
        ? "may use all concurrency of the account: set reserved_concurrent_executions"
        : undefined,
  },
  {
    id: "function-dead-letters",
    standsFor: ["CKV_AWS_116", "LambdaDLQ", "LambdaAsyncFailureDestination"],
    of: fn,
    wrong: (resource, stack) => {
      if (resource.args.dead_letter_config !== undefined) return undefined;
      const aliases = stack.of("aws_lambda_alias", "function_name", resource);
      const kept = [resource, ...aliases]
        .flatMap((invoked) => stack.of("aws_lambda_function_event_invoke_config", "function_name", invoked))
        .some(({ args }) => block(block(args.destination_config).on_failure).destination !== undefined);
      return kept ? undefined : "loses events that it fails to handle: give it an on_failure destination";
    },
  },
  {
    id: "function-in-vpc",
    standsFor: ["CKV_AWS_117"],
    of: fn,
    wrong: ({ args }) => (args.vpc_config === undefined ? "runs outside a VPC: set vpc_config" : undefined),
  },
  {
    id: "function-code-signed",
    standsFor: ["CKV_AWS_272"],
    of: fn,
    wrong: ({ args }) =>
      args.code_signing_config_arn === undefined ? "takes unsigned code: set code_signing_config_arn" : undefined,
  },
  {
    id: "permission-source",
    standsFor: ["CKV_AWS_301", "CKV_AWS_364", "AWS-0067", "Lambda.1"],
    of: permission,
    wrong: ({ args }) =>
      args.principal === "*" || (args.source_arn === undefined && args.source_account === undefined)
        ? "lets others' resources invoke the function: name the principal and its source_arn"
        : undefined,
  },
  {
    id: "permission-qualified",
    standsFor: ["aws facts §9.4"],
    of: permission,
    wrong: ({ args }) =>
      args.qualifier === undefined ? "is of no use to whoever invokes the alias: set qualifier" : undefined,
  },
  {
    id: "alias-invoked",
    standsFor: ["aws facts §9.3"],
    of: "aws_apigatewayv2_integration",
    wrong: ({ args }, stack) =>
      args.integration_type !== "AWS_PROXY" ||
      stack.ofType("aws_lambda_alias").some(({ address }) => args.integration_uri === `\${${address}.invoke_arn}`)
        ? undefined
        : "does not invoke an alias: set integration_uri to its invoke_arn",
  },
];
