import type { CheckRule } from "./rule.ts";

export const LEAST_RETENTION_DAYS = 365;

const group = "aws_cloudwatch_log_group";

export const LOG_RULES: readonly CheckRule[] = [
  {
    id: "log-group-retention",
    standsFor: ["CKV_AWS_66", "AC_AWS_0452", "CloudWatchLogGroupRetentionPeriod"],
    of: group,
    wrong: ({ args }) => (args.retention_in_days === undefined ? "never forgets: set retention_in_days" : undefined),
  },
  {
    id: "log-group-year",
    standsFor: ["CKV_AWS_338", "CloudWatch.16"],
    of: group,
    wrong: ({ args }) => {
      const days = Number(args.retention_in_days ?? 0);
      return days === 0 || days >= LEAST_RETENTION_DAYS
        ? undefined
        : `forgets after ${days} days: set retention_in_days to at least ${LEAST_RETENTION_DAYS}`;
    },
  },
  {
    id: "log-group-key",
    standsFor: ["CKV_AWS_158", "AWS-0017"],
    of: group,
    wrong: ({ args }) => (args.kms_key_id === undefined ? "is encrypted by AWS's own key: set kms_key_id" : undefined),
  },
];
