// Where the stack would be deployed: region and account of the aws provider block, which all ARNs are made of.

export interface Account {
  readonly region: string;
  readonly accountId: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
}

/** For a stack whose provider names no account. */
export const unnamedAccountId = "000000000000";

export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
