import type { AttributesByType } from "./subject.ts";

export const dynamodbAttributes: AttributesByType = {
  aws_dynamodb_table: (table) => {
    const arn = (): string => table.arn("dynamodb", `table/${table.text("name")}`);
    const label = "2026-01-01T00:00:00.000";
    return {
      id: () => table.text("name"),
      arn,
      billing_mode: () => "PROVISIONED",
      stream_label: () => label,
      stream_arn: () => `${arn()}/stream/${label}`,
    };
  },
};
