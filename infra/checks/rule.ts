import type { Resource, StackFile } from "./stack-file.ts";

/** Something every resource of a kind must hold. */
export interface CheckRule {
  /** By this name a resource is exempt from it. */
  readonly id: string;
  /** What checkov (CKV…), trivy (AWS-…), tflint (aws_…), cdk-nag and Security Hub call it; else the AWS fact behind it. */
  readonly standsFor: readonly string[];
  readonly of: string;
  /** What is wrong with a resource and what to do; undefined when nothing is. */
  readonly wrong: (resource: Resource, stack: StackFile) => string | undefined;
}
