import { allowed, letsEveryone, refusesWithoutTls } from "./policy.ts";
import type { CheckRule } from "./rule.ts";
import { block, blocks } from "./stack-file.ts";

const table = "aws_dynamodb_table";
const bucket = "aws_s3_bucket";
const PUBLIC = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

export const TABLE_RULES: readonly CheckRule[] = [
  {
    id: "table-backed-up",
    standsFor: ["CKV_AWS_28", "AWS-0024", "DDB3", "DynamoDB.2"],
    of: table,
    wrong: ({ args }) =>
      block(args.point_in_time_recovery).enabled === true
        ? undefined
        : "cannot be restored: set point_in_time_recovery.enabled",
  },
  {
    id: "table-protected",
    standsFor: ["DynamoDB.6"],
    of: table,
    wrong: ({ args }) =>
      args.deletion_protection_enabled === true ? undefined : "can be deleted: set deletion_protection_enabled",
  },
  {
    id: "table-key",
    standsFor: ["CKV_AWS_119", "AWS-0025"],
    of: table,
    wrong: ({ args }) => {
      const { enabled, kms_key_arn } = block(args.server_side_encryption);
      return enabled === true && kms_key_arn !== undefined
        ? undefined
        : "is encrypted by AWS's own key: set server_side_encryption with kms_key_arn";
    },
  },
  {
    id: "table-scales",
    standsFor: ["CKV2_AWS_16", "DynamoDB.1"],
    of: table,
    wrong: ({ args }) =>
      args.billing_mode === "PAY_PER_REQUEST"
        ? undefined
        : "does not grow by itself: set billing_mode to PAY_PER_REQUEST",
  },
  {
    id: "table-forgets",
    standsFor: ["aws facts §11.3"],
    of: table,
    wrong: ({ args }) =>
      block(args.ttl).enabled === true ? undefined : "keeps connections that were never seen to end: set ttl",
  },
];

export const BUCKET_RULES: readonly CheckRule[] = [
  {
    id: "bucket-private",
    standsFor: ["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6", "AWS-0086", "AWS-0094", "S2"],
    of: bucket,
    wrong: (resource, stack) =>
      stack
        .of("aws_s3_bucket_public_access_block", "bucket", resource)
        .some(({ args }) => PUBLIC.every((way) => args[way] === true))
        ? undefined
        : `could become public: give it an aws_s3_bucket_public_access_block with ${PUBLIC.join(", ")}`,
  },
  {
    id: "bucket-not-shared",
    standsFor: ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_70", "CKV2_AWS_65"],
    of: bucket,
    wrong: (resource, stack) => {
      const owned = stack
        .of("aws_s3_bucket_ownership_controls", "bucket", resource)
        .some(({ args }) => block(args.rule).object_ownership === "BucketOwnerEnforced");
      const policies = stack.of("aws_s3_bucket_policy", "bucket", resource).map(({ args }) => args.policy);
      if (policies.flatMap(allowed).some(letsEveryone)) return "lets everyone in by its policy: name a principal";
      return owned ? undefined : "has ACLs: set object_ownership to BucketOwnerEnforced";
    },
  },
  {
    id: "bucket-tls",
    standsFor: ["CKV_AWS_379", "S10", "S3.5"],
    of: bucket,
    wrong: (resource, stack) =>
      stack.of("aws_s3_bucket_policy", "bucket", resource).some(({ args }) => refusesWithoutTls(args.policy))
        ? undefined
        : "answers without TLS: refuse it in an aws_s3_bucket_policy",
  },
  {
    id: "bucket-versioned",
    standsFor: ["CKV_AWS_21", "AWS-0090"],
    of: bucket,
    wrong: (resource, stack) =>
      stack
        .of("aws_s3_bucket_versioning", "bucket", resource)
        .some(({ args }) => block(args.versioning_configuration).status === "Enabled")
        ? undefined
        : "loses what is overwritten: give it aws_s3_bucket_versioning",
  },
  {
    id: "bucket-cleaned",
    standsFor: ["CKV2_AWS_61", "CKV_AWS_300"],
    of: bucket,
    wrong: (resource, stack) =>
      stack
        .of("aws_s3_bucket_lifecycle_configuration", "bucket", resource)
        .some(({ args }) => blocks(args.rule).some((rule) => rule.abort_incomplete_multipart_upload !== undefined))
        ? undefined
        : "keeps old versions and broken uploads for ever: give it an aws_s3_bucket_lifecycle_configuration",
  },
  {
    id: "bucket-encrypted",
    standsFor: ["CKV_AWS_19", "AWS-0088"],
    of: bucket,
    wrong: (resource, stack) =>
      stack.of("aws_s3_bucket_server_side_encryption_configuration", "bucket", resource).length > 0
        ? undefined
        : "does not say how it is encrypted: give it an aws_s3_bucket_server_side_encryption_configuration",
  },
  {
    id: "bucket-key",
    standsFor: ["CKV_AWS_145", "AWS-0132"],
    of: bucket,
    wrong: (resource, stack) =>
      stack
        .of("aws_s3_bucket_server_side_encryption_configuration", "bucket", resource)
        .some(({ args }) => JSON.stringify(args).includes("kms_master_key_id"))
        ? undefined
        : "is encrypted by AWS's own key: set kms_master_key_id",
  },
  {
    id: "bucket-logged",
    standsFor: ["CKV_AWS_18", "AWS-0089", "S1"],
    of: bucket,
    wrong: (resource, stack) =>
      stack.of("aws_s3_bucket_logging", "bucket", resource).length > 0
        ? undefined
        : "does not log who reads it: give it aws_s3_bucket_logging",
  },
  {
    id: "bucket-replicated",
    standsFor: ["CKV_AWS_144"],
    of: bucket,
    wrong: (resource, stack) =>
      stack.of("aws_s3_bucket_replication_configuration", "bucket", resource).length > 0
        ? undefined
        : "is in one Region only: give it an aws_s3_bucket_replication_configuration",
  },
];
