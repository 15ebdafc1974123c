import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { Construct } from "constructs";
import { exempt } from "./checks/exempt.ts";
import { LEAST_RETENTION_DAYS } from "./checks/logs.ts";
import type { CustomerKey } from "./customer-key.ts";

export interface LogGroupProps {
  readonly name: string;
  readonly retentionDays: number;
  readonly key: CustomerKey | undefined;
}

/** A log group that ends as the stage says, encrypted with the stage's key if it has one. */
export function createLogGroup(scope: Construct, id: string, props: LogGroupProps): CloudwatchLogGroup {
  const { name, retentionDays, key } = props;
  const group = new CloudwatchLogGroup(scope, id, {
    name,
    retentionInDays: retentionDays,
    ...(key === undefined ? {} : { kmsKeyId: key.arn }),
  });
  if (key === undefined)
    exempt(group, { "log-group-key": "The stage has no customerKey; CloudWatch encrypts with a key of AWS." });
  if (retentionDays < LEAST_RETENTION_DAYS)
    exempt(group, { "log-group-year": `The stage file keeps logs ${retentionDays} days; a year is for production.` });
  return group;
}
