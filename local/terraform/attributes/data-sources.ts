import { policyDocument } from "./policy-document.ts";
import type { AttributesByType } from "./subject.ts";

export const dataSourceAttributes: AttributesByType = {
  "data.aws_region": ({ region }) => ({
    id: () => region,
    name: () => region,
    region: () => region,
    description: () => region,
    endpoint: () => `ec2.${region}.amazonaws.com`,
  }),
  "data.aws_caller_identity": ({ accountId, partition }) => ({
    id: () => accountId,
    account_id: () => accountId,
    arn: () => `arn:${partition}:iam::${accountId}:root`,
    user_id: () => accountId,
  }),
  "data.aws_partition": ({ partition }) => {
    const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
    return {
      id: () => partition,
      partition: () => partition,
      dns_suffix: () => suffix,
      reverse_dns_prefix: () => suffix.split(".").reverse().join("."),
    };
  },
  "data.aws_iam_policy_document": (document) => ({
    id: () => document.id(),
    json: () => JSON.stringify(policyDocument(document), null, 2),
    minified_json: () => JSON.stringify(policyDocument(document)),
  }),
};
