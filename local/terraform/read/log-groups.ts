import type { LogGroup } from "#local/stack.ts";
import type { Reading } from "./reading.ts";

export function readLogGroups(reading: Reading): LogGroup[] {
  return reading.resources("aws_cloudwatch_log_group").map((fields) => {
    // 0 means for ever.
    const retentionDays = fields.number("retention_in_days") || undefined;
    return {
      address: fields.place,
      name: fields.required("name"),
      ...(retentionDays === undefined ? {} : { retentionDays }),
    };
  });
}
