// The data source aws_iam_policy_document: blocks of Terraform to the JSON of IAM.
import type { Subject } from "./subject.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * Source documents come first. A statement with the sid of an earlier one replaces it if it stands in an override document
 * or in the data source itself.
 */
export function policyDocument(document: Pick<Subject, "attribute">): Json {
  const sources = texts(document.attribute("source_policy_documents")).flatMap(statementsOf);
  const overrides = texts(document.attribute("override_policy_documents")).flatMap(statementsOf);
  const own = list(document.attribute("statement")).map(statement);
  const Statement = [...own, ...overrides].reduce<Json[]>(withStatement, [...sources]);
  return { Version: document.attribute("version") ?? "2012-10-17", Statement };
}

function withStatement(statements: readonly Json[], next: Json): Json[] {
  const at = next.Sid === undefined || next.Sid === "" ? -1 : statements.findIndex(({ Sid }) => Sid === next.Sid);
  return at < 0 ? [...statements, next] : statements.with(at, next);
}

function statement(block: Json): Json {
  const { sid, effect, actions, not_actions, resources, not_resources, principals, not_principals, condition } = block;
  return Object.fromEntries(
    Object.entries({
      Sid: sid,
      Effect: effect ?? "Allow",
      Action: one(actions),
      NotAction: one(not_actions),
      Resource: one(resources),
      NotResource: one(not_resources),
      Principal: principalsOf(principals),
      NotPrincipal: principalsOf(not_principals),
      Condition: conditionsOf(condition),
    }).filter(([, value]) => value !== undefined && value !== null),
  );
}

function principalsOf(blocks: unknown): Json | "*" | undefined {
  const all = list(blocks);
  if (all.length === 0) return undefined;
  if (all.some(({ type }) => type === "*")) return "*";
  return Object.fromEntries(all.map(({ type, identifiers }) => [String(type), one(identifiers)]));
}

function conditionsOf(blocks: unknown): Json | undefined {
  const conditions: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of list(blocks)) {
    const operator = String(test);
    conditions[operator] = { ...conditions[operator], [String(variable)]: one(values) };
  }
  return Object.keys(conditions).length === 0 ? undefined : conditions;
}

function statementsOf(json: string): Json[] {
  return list(JSON.parse(json).Statement);
}

/** IAM writes a list of one as the one. In Terraform a policy variable is `&{aws:username}`, for `${` is its own. */
function one(values: unknown): unknown {
  if (!Array.isArray(values)) return values;
  const written = values.map((value) => String(value).replaceAll("&{", "${"));
  return written.length === 1 ? written[0] : written;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** `{...}`, `[{...}, ...]` or nothing. */
function list(value: unknown): Json[] {
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? [value as Json] : [];
}
