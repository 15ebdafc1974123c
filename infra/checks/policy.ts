// Policies in a synthesized file: JSON in a text, with Terraform's references inside its texts.
import { type Fields, fields } from "../stage-file/fields.ts";

/** undefined when it cannot be read, which is a finding of its own. */
export function statementsOf(policy: unknown): readonly Fields[] | undefined {
  if (typeof policy !== "string") return undefined;
  try {
    const { Statement } = fields(JSON.parse(policy));
    return Array.isArray(Statement) ? Statement.map(fields) : undefined;
  } catch {
    return undefined;
  }
}

export function allowed(policy: unknown): readonly Fields[] {
  return (statementsOf(policy) ?? []).filter(({ Effect }) => Effect === "Allow");
}

/** One or several, as IAM takes both. */
export function list(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Everyone: "*", as a principal or as one kind of principal. */
export function letsEveryone({ Principal, Condition }: Fields): boolean {
  if (Condition !== undefined) return false;
  return Principal === "*" || Object.values(fields(Principal)).some((who) => list(who).includes("*"));
}

export function refusesWithoutTls(policy: unknown): boolean {
  return (statementsOf(policy) ?? []).some(
    ({ Effect, Principal, Condition }) =>
      Effect === "Deny" && Principal === "*" && fields(fields(Condition).Bool)["aws:SecureTransport"] === "false",
  );
}
