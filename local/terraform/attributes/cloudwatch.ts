import type { AttributesByType } from "./subject.ts";

export const cloudwatchAttributes: AttributesByType = {
  aws_cloudwatch_log_group: (group) => {
    const name = (): string =>
      group.text("name_prefix") + (group.text("name_prefix") === "" ? group.label : group.id(12));
    return {
      id: () => group.text("name"),
      name,
      // Without the `:*` that CloudWatch itself puts behind (aws facts §9.3).
      arn: () => group.arn("logs", `log-group:${group.text("name")}`),
      retention_in_days: () => 0,
    };
  },
};
