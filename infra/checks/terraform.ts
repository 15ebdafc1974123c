import type { CheckRule } from "./rule.ts";
import { block } from "./stack-file.ts";

export const TERRAFORM_RULES: readonly CheckRule[] = [
  {
    id: "provider-no-keys",
    standsFor: ["CKV_AWS_41"],
    of: "provider",
    wrong: ({ args }) =>
      args.access_key !== undefined || args.secret_key !== undefined
        ? "holds credentials: take them from the environment or a role"
        : undefined,
  },
  {
    id: "provider-tags",
    standsFor: ["aws_provider_missing_default_tags", "aws_resource_missing_tags"],
    of: "provider",
    wrong: ({ args }) =>
      Object.keys(Object(block(args.default_tags).tags)).length === 0 ? "tags nothing: set default_tags" : undefined,
  },
  {
    id: "state-safe",
    standsFor: ["CKV_TF_3"],
    of: "backend",
    wrong: ({ name, args }) =>
      name !== "s3" || (args.encrypt === true && args.use_lockfile === true)
        ? undefined
        : "keeps state unencrypted or without a lock: set encrypt and use_lockfile",
  },
];
