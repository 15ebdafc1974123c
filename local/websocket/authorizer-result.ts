// What a Lambda authorizer returned: a policy, who it is, and a flat context (aws facts §1.6). Anything else is the
// authorizer's mistake, which the client sees as 500.
import { evaluate } from "#local/iam/evaluate.ts";
import { parsePolicy } from "#local/iam/parse-policy.ts";
import type { IntegrationOutcome } from "./integration.ts";

export type AuthorizerDecision =
  | {
      readonly kind: "allowed";
      readonly context: Readonly<Record<string, string>>;
      readonly usageIdentifierKey: string | undefined;
    }
  | { readonly kind: "denied"; readonly explicit: boolean; readonly context: Readonly<Record<string, string>> }
  | { readonly kind: "broken"; readonly problem: string };

const maxResultBytes = 8 * 1024;

export function judgeResult(outcome: IntegrationOutcome, methodArn: string, sourceIp: string): AuthorizerDecision {
  const result = outcome.result();
  if (Buffer.byteLength(outcome.payload ?? "") > maxResultBytes) return broken("the result is larger than 8 KB");
  if (!result) return broken("the result is no object");
  const { principalId, policyDocument, context: given = {}, usageIdentifierKey: key } = result;
  if (typeof principalId !== "string" || principalId === "") return broken("principalId is missing or no text");
  if (policyDocument === undefined) return broken("policyDocument is missing");
  const { statements, problems } = parsePolicy(JSON.stringify(policyDocument));
  if (problems.length > 0) return broken(`policyDocument: ${problems.join("; ")}`);
  const context = flatContext(given);
  if (!context) return broken("context may hold texts, numbers and booleans only");
  const decision = evaluate(
    { arn: "", name: principalId, policies: [{ name: "policyDocument", statements }] },
    { action: "execute-api:Invoke", resource: methodArn, context: { "aws:SourceIp": sourceIp } },
  );
  const authorizer = { principalId, ...context };
  const usageIdentifierKey = typeof key === "string" ? key : undefined;
  if (decision.allowed) return { kind: "allowed", context: authorizer, usageIdentifierKey };
  return { kind: "denied", explicit: decision.explicit, context: authorizer };
}

function broken(problem: string): AuthorizerDecision {
  return { kind: "broken", problem };
}

/** Later events have all values as texts. */
function flatContext(given: unknown): Record<string, string> | undefined {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return undefined;
  const entries = Object.entries(given);
  if (!entries.every(([, value]) => ["string", "number", "boolean"].includes(typeof value))) return undefined;
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}
