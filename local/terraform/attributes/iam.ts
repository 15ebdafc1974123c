import type { AttributesByType, Subject } from "./subject.ts";

export const iamAttributes: AttributesByType = {
  aws_iam_role: (role) => ({
    id: () => role.text("name"),
    name: () => named(role),
    arn: () => iamArn(role, "role"),
    unique_id: () => `AROA${role.id(17).toUpperCase()}`,
    path: () => "/",
  }),
  aws_iam_policy: (policy) => ({
    id: () => iamArn(policy, "policy"),
    name: () => named(policy),
    arn: () => iamArn(policy, "policy"),
    policy_id: () => `ANPA${policy.id(17).toUpperCase()}`,
    path: () => "/",
  }),
  aws_iam_role_policy: (policy) => ({
    id: () => `${policy.text("role")}:${policy.text("name")}`,
    name: () => named(policy),
  }),
  aws_iam_role_policy_attachment: (attachment) => ({ id: () => `${attachment.text("role")}-${attachment.id()}` }),
};

/** Without a name the provider makes one up; with name_prefix it begins with that. */
function named(subject: Subject): string {
  return `${subject.attribute("name_prefix") ?? "terraform-"}${subject.id(12)}`;
}

function iamArn(subject: Subject, kind: "role" | "policy"): string {
  return `arn:${subject.partition}:iam::${subject.accountId}:${kind}${subject.text("path")}${subject.text("name")}`;
}
