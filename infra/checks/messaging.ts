import { allowed, letsEveryone, refusesWithoutTls, statementsOf } from "./policy.ts";
import type { CheckRule } from "./rule.ts";

const queue = "aws_sqs_queue";
const topic = "aws_sns_topic";
const key = "aws_kms_key";
const TWO_WEEKS_SECONDS = 14 * 24 * 60 * 60;

export const MESSAGING_RULES: readonly CheckRule[] = [
  {
    id: "queue-encrypted",
    standsFor: ["CKV_AWS_27", "CKV2_AWS_73", "AWS-0096", "AWS-0135", "SQS2", "SQS.1"],
    of: queue,
    wrong: ({ args }) =>
      args.sqs_managed_sse_enabled === true || args.kms_master_key_id !== undefined
        ? undefined
        : "is not encrypted: set sqs_managed_sse_enabled or kms_master_key_id",
  },
  {
    id: "queue-tls",
    standsFor: ["SQS4"],
    of: queue,
    wrong: (resource, stack) =>
      stack.of("aws_sqs_queue_policy", "queue_url", resource).some(({ args }) => refusesWithoutTls(args.policy))
        ? undefined
        : "answers without TLS: refuse it in an aws_sqs_queue_policy",
  },
  {
    id: "queue-not-shared",
    standsFor: ["CKV_AWS_72", "CKV_AWS_168", "CKV_AWS_387", "AWS-0097"],
    of: "aws_sqs_queue_policy",
    wrong: ({ args }) =>
      allowed(args.policy).some(letsEveryone) ? "lets everyone use the queue: name a principal" : undefined,
  },
  {
    id: "queue-kept",
    standsFor: ["aws facts §10.3"],
    of: queue,
    wrong: ({ args }) =>
      Number(args.message_retention_seconds) >= TWO_WEEKS_SECONDS
        ? undefined
        : `forgets failed events before someone has looked: set message_retention_seconds to ${TWO_WEEKS_SECONDS}`,
  },
  {
    id: "topic-encrypted",
    standsFor: ["CKV_AWS_26", "AWS-0095", "AWS-0136", "SNS.1"],
    of: topic,
    wrong: ({ args }) => (args.kms_master_key_id === undefined ? "is not encrypted: set kms_master_key_id" : undefined),
  },
  {
    id: "topic-tls",
    standsFor: ["SNS3"],
    of: topic,
    wrong: (resource, stack) =>
      stack.of("aws_sns_topic_policy", "arn", resource).some(({ args }) => refusesWithoutTls(args.policy))
        ? undefined
        : "takes messages without TLS: refuse it in an aws_sns_topic_policy",
  },
  {
    id: "topic-not-shared",
    standsFor: ["CKV_AWS_169", "SNS.4"],
    of: "aws_sns_topic_policy",
    wrong: ({ args }) =>
      allowed(args.policy).some(letsEveryone) ? "lets everyone use the topic: name a principal" : undefined,
  },
  {
    id: "alarm-heard",
    standsFor: ["CKV_AWS_319"],
    of: "aws_cloudwatch_metric_alarm",
    wrong: ({ args }) =>
      Array.isArray(args.alarm_actions) && args.alarm_actions.length > 0 && args.actions_enabled !== false
        ? undefined
        : "tells nobody: set alarm_actions",
  },
  {
    id: "key-rotated",
    standsFor: ["CKV_AWS_7", "CKV_AWS_227", "AWS-0065", "KMS5", "KMS.4"],
    of: key,
    wrong: ({ args }) =>
      args.enable_key_rotation === true && args.is_enabled !== false
        ? undefined
        : "is not rotated: set enable_key_rotation, and leave is_enabled alone",
  },
  {
    id: "key-policy",
    standsFor: ["CKV_AWS_33", "CKV2_AWS_64"],
    of: key,
    wrong: ({ args }) => {
      if (statementsOf(args.policy) === undefined) return "has no policy of its own: set policy";
      return allowed(args.policy).some(letsEveryone) ? "lets everyone use it: name a principal" : undefined;
    },
  },
];
