// Rules over a synthesized file: what checkov, trivy, tflint and Security Hub would say of it, without any of them.
import { didYouMean } from "../stage-file/did-you-mean.ts";
import { API_RULES } from "./api.ts";
import { DISTRIBUTION_RULES } from "./distribution.ts";
import { FUNCTION_RULES } from "./functions.ts";
import { IAM_RULES } from "./iam.ts";
import { LOG_RULES } from "./logs.ts";
import { MESSAGING_RULES } from "./messaging.ts";
import type { CheckRule } from "./rule.ts";
import type { Resource, StackFile } from "./stack-file.ts";
import { BUCKET_RULES, TABLE_RULES } from "./storage.ts";
import { TERRAFORM_RULES } from "./terraform.ts";

export const RULES: readonly CheckRule[] = [
  ...API_RULES,
  ...FUNCTION_RULES,
  ...LOG_RULES,
  ...IAM_RULES,
  ...TABLE_RULES,
  ...BUCKET_RULES,
  ...MESSAGING_RULES,
  ...DISTRIBUTION_RULES,
  ...TERRAFORM_RULES,
];

export interface Finding {
  readonly address: string;
  readonly rule: string;
  readonly standsFor: readonly string[];
  /** What is wrong, and what to do. */
  readonly message: string;
}

export function checkStack(stack: StackFile): Finding[] {
  return stack.all.flatMap((resource) => [
    ...RULES.filter((rule) => rule.of === resource.type).flatMap((rule) => check(rule, resource, stack)),
    ...misplacedExemptions(resource),
  ]);
}

/** `aws_sqs_queue.failed is not encrypted: set …  [queue-encrypted: CKV_AWS_27, AWS-0096]` */
export function formatFinding({ address, rule, standsFor, message }: Finding): string {
  return `${address}  ${message}  [${[rule, standsFor.join(", ")].filter(Boolean).join(": ")}]`;
}

function check(rule: CheckRule, resource: Resource, stack: StackFile): Finding[] {
  const { address } = resource;
  const { id, standsFor } = rule;
  const message = rule.wrong(resource, stack);
  const reason = resource.exempt[id];
  if (reason === undefined) return message === undefined ? [] : [{ address, rule: id, standsFor, message }];
  if (message === undefined)
    return [{ address, rule: id, standsFor, message: "is exempt from a rule that it keeps: remove the exemption" }];
  if (typeof reason === "string" && reason.trim() !== "") return [];
  return [{ address, rule: id, standsFor, message: `${message}; it is exempt without a reason: say why` }];
}

function misplacedExemptions({ address, type, exempt }: Resource): Finding[] {
  const known = RULES.filter((rule) => rule.of === type).map(({ id }) => id);
  return Object.keys(exempt)
    .filter((id) => !known.includes(id))
    .map((id) => {
      const message = `is exempt from a rule that ${type} has not: ${didYouMean(id, known)}remove the exemption`;
      return { address, rule: id, standsFor: [], message };
    });
}
