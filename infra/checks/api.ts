import { fields } from "../stage-file/fields.ts";
import type { CheckRule } from "./rule.ts";
import { block, blocks } from "./stack-file.ts";

const LONGEST_LOG_FORMAT = 3 * 1024;

const stage = "aws_apigatewayv2_stage";

export const API_RULES: readonly CheckRule[] = [
  {
    id: "api-one-name",
    standsFor: ["aws facts §1.9"],
    of: "aws_apigatewayv2_api",
    wrong: (api, stack) =>
      stack.of("aws_apigatewayv2_api_mapping", "api_id", api).length > 0 &&
      api.args.disable_execute_api_endpoint !== true
        ? "answers at API Gateway's own name, too, past whatever guards its domain: set disable_execute_api_endpoint"
        : undefined,
  },
  {
    id: "stage-access-log",
    standsFor: ["CKV_AWS_76", "AWS-0001", "AC_AWS_0442", "APIG1", "APIGateway.9", "APIGWAccessLogging"],
    of: stage,
    wrong: ({ args }) =>
      block(args.access_log_settings).destination_arn === undefined
        ? "has no access log: give it access_log_settings"
        : undefined,
  },
  {
    id: "stage-log-structured",
    standsFor: ["APIGWStructuredLogging", "aws facts §8.3"],
    of: stage,
    wrong: ({ args }) => wrongFormat(block(args.access_log_settings).format),
  },
  {
    id: "stage-execution-log",
    standsFor: ["APIGateway.1"],
    of: stage,
    wrong: ({ args }) =>
      ["ERROR", "INFO"].includes(String(block(args.default_route_settings).logging_level))
        ? undefined
        : "writes no execution log, so nobody learns why API Gateway failed: set logging_level to ERROR",
  },
  {
    id: "stage-no-data-trace",
    standsFor: ["aws facts §8.2"],
    of: stage,
    wrong: ({ args }) =>
      settings(args).some(({ data_trace_enabled }) => data_trace_enabled !== false)
        ? "writes whole messages to the execution log: set data_trace_enabled to false"
        : undefined,
  },
  {
    id: "stage-throttled",
    standsFor: ["APIGWDefaultThrottling", "aws facts §9.3"],
    of: stage,
    wrong: ({ args }) =>
      settings(args).every(
        ({ throttling_burst_limit: burst, throttling_rate_limit: rate }) => Number(burst) > 0 && Number(rate) > 0,
      )
        ? undefined
        : "has settings without both throttles, and the half that is missing is 0: set throttling_burst_limit and throttling_rate_limit",
  },
  {
    id: "route-authorized",
    standsFor: ["CKV_AWS_309", "APIG4", "APIGateway.8"],
    of: "aws_apigatewayv2_route",
    wrong: ({ args }) =>
      ["AWS_IAM", "CUSTOM"].includes(String(args.authorization_type))
        ? undefined
        : "lets everyone in: set authorization_type to CUSTOM with an authorizer, or to AWS_IAM",
  },
  {
    id: "deployment-replaced",
    standsFor: ["aws facts §9.3"],
    of: "aws_apigatewayv2_deployment",
    wrong: ({ args }) =>
      args.triggers !== undefined && fields(args.lifecycle).create_before_destroy === true
        ? undefined
        : "would not be replaced when a route changes: give it triggers, and lifecycle.create_before_destroy",
  },
  {
    id: "domain-tls",
    standsFor: ["CKV_AWS_206", "AWS-0005"],
    of: "aws_apigatewayv2_domain_name",
    wrong: ({ args }) =>
      block(args.domain_name_configuration).security_policy === "TLS_1_2"
        ? undefined
        : "accepts TLS older than 1.2: set security_policy to TLS_1_2",
  },
  {
    id: "certificate-replaced",
    standsFor: ["CKV_AWS_233", "aws_acm_certificate_lifecycle"],
    of: "aws_acm_certificate",
    wrong: ({ args }) =>
      fields(args.lifecycle).create_before_destroy === true
        ? undefined
        : "could not be replaced while it is in use: set lifecycle.create_before_destroy",
  },
  {
    id: "certificate-one-name",
    standsFor: ["CKV2_AWS_71"],
    of: "aws_acm_certificate",
    wrong: ({ args }) =>
      [args.domain_name, args.subject_alternative_names].flat().some((name) => String(name).startsWith("*"))
        ? "is good for names that are not this stage's: name each instead of *"
        : undefined,
  },
  {
    id: "certificate-logged",
    standsFor: ["CKV_AWS_234"],
    of: "aws_acm_certificate",
    wrong: ({ args }) =>
      block(args.options).certificate_transparency_logging_preference === "DISABLED"
        ? "is in no public log, so browsers distrust it: leave certificate_transparency_logging_preference alone"
        : undefined,
  },
];

/** Of all routes, and of those with settings of their own. */
function settings(args: Readonly<Record<string, unknown>>) {
  return [...blocks(args.default_route_settings), ...blocks(args.route_settings)];
}

function wrongFormat(format: unknown): string | undefined {
  if (typeof format !== "string") return undefined;
  if (Buffer.byteLength(format) > LONGEST_LOG_FORMAT)
    return `has an access log format of more than ${LONGEST_LOG_FORMAT} bytes, which API Gateway refuses: leave fields out`;
  try {
    return format.includes("\n") || fields(JSON.parse(format)).requestId === undefined
      ? "has an access log format that API Gateway refuses: write requestId into it, and no line breaks"
      : undefined;
  } catch {
    return "has an access log that Logs Insights does not read by itself: write its format as JSON";
  }
}
