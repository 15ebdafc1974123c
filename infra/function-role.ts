import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import { policyDocument, type Statement } from "./policy-document.ts";

/** What a role policy allows; an IAM statement without its Effect. */
export interface Allowed {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** A function's own role, with the one policy that collects what it is granted. */
export class FunctionRole {
  readonly arn: string;
  readonly policy: IamRolePolicy;
  readonly #allowed: Allowed[] = [];

  constructor(scope: Construct, name: string, logGroup: CloudwatchLogGroup) {
    const role = new IamRole(scope, "role", {
      name,
      assumeRolePolicy: policyDocument([
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]),
    });
    this.arn = role.arn;
    this.allow({
      Sid: "WriteLogs",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`${logGroup.arn}:*`],
    });
    // Written last of all, when everything has been granted.
    const policy = Lazy.stringValue({ produce: () => policyDocument(this.#statements()) });
    this.policy = new IamRolePolicy(scope, "policy", { name: "allowed", role: role.id, policy });
  }

  allow(statement: Allowed): void {
    this.#allowed.push(statement);
  }

  #statements(): Statement[] {
    return this.#allowed.map(({ Sid, ...rest }) => ({ Sid, Effect: "Allow", ...rest }));
  }
}
