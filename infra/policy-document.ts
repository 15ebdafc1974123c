import { jsonDocument } from "./json-document.ts";

/** A statement of an IAM policy. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export function policyDocument(statements: readonly Statement[]): string {
  return jsonDocument({ Version: "2012-10-17", Statement: statements });
}

/** For the policy of a queue, topic or bucket: what comes without TLS is refused. */
export function refuseWithoutTls(action: string, resources: readonly string[]): Statement {
  return {
    Sid: "RefuseWithoutTls",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
