// Roles with all policies attached to them: inline, by attachment, and AWS's own as far as their text is known.
import { parsePolicy } from "#local/iam/parse-policy.ts";
import type { Policy, Role } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import { managedPolicy } from "./managed-policies.ts";
import type { Reading } from "./reading.ts";

export interface Roles {
  readonly roles: readonly Role[];
  /** Policies that allow nothing here: of roles that are not in the file, and AWS's own whose text is not known. */
  readonly notServed: readonly string[];
}

export function readRoles(reading: Reading): Roles {
  const notServed: string[] = [];
  const attachments = attached(reading);
  const inline = reading.resources("aws_iam_role_policy").map((fields) => ({ role: fields.text("role"), fields }));
  const roles = reading.resources("aws_iam_role").map((fields): Role => {
    const name = fields.required("name");
    const own = fields
      .blocks("inline_policy")
      // An empty block says that there are none.
      .filter((block) => block.has("policy"))
      .map((block) => toPolicy(block, block.text("name") ?? "inline"));
    const separate = inline
      .filter(({ role }) => role === name)
      .map((one) => toPolicy(one.fields, one.fields.required("name")));
    const arns = [
      ...fields.texts("managed_policy_arns").map((arn) => ({ arn, place: fields.place })),
      ...attachments.filter(({ role }) => role === name),
    ];
    const managed = arns.flatMap(({ arn, place }) => {
      const policy = customerPolicy(reading, arn) ?? managedPolicy(arn);
      if (policy === undefined) notServed.push(`${place} (the text of ${arn} is not known here: it allows nothing)`);
      return policy ?? [];
    });
    return { arn: fields.required("arn"), name, policies: [...own, ...separate, ...managed] };
  });
  for (const { role, place } of [...inline.map((one) => ({ ...one, place: one.fields.place })), ...attachments]) {
    if (roles.every(({ name }) => name !== role)) notServed.push(`${place} (the role ${role} is not in the file)`);
  }
  return { roles, notServed };
}

function attached(reading: Reading): { role: string; arn: string; place: string }[] {
  const single = reading.resources("aws_iam_role_policy_attachment").map((fields) => ({
    role: fields.required("role"),
    arn: fields.required("policy_arn"),
    place: fields.place,
  }));
  const several = reading
    .resources("aws_iam_policy_attachment")
    .flatMap((fields) =>
      fields.texts("roles").map((role) => ({ role, arn: fields.required("policy_arn"), place: fields.place })),
    );
  return [...single, ...several];
}

function customerPolicy(reading: Reading, arn: string): Policy | undefined {
  const fields = reading.resources("aws_iam_policy").find((policy) => policy.text("arn") === arn);
  return fields && toPolicy(fields, fields.required("name"));
}

function toPolicy(fields: Fields, name: string): Policy {
  const document = fields.required("policy");
  if (document === "") return { name, statements: [] };
  const { statements, problems } = parsePolicy(document);
  for (const problem of problems) fields.problem(`policy: ${problem}`);
  return { name, statements };
}
