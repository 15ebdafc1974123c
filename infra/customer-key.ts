import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { Construct } from "constructs";
import type { Account } from "./account.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import { policyDocument, type Statement } from "./policy-document.ts";

export interface CustomerKeyProps {
  readonly stage: string;
  readonly region: string;
  readonly account: Account;
  readonly deletionDays: number;
}

/** What any service does to encrypt and decrypt. */
const USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/** One key for all that the stage keeps: tables, logs, functions' variables, the alarm topic, failed events. */
export class CustomerKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: CustomerKeyProps) {
    super(scope, id);
    const key = new KmsKey(this, "Resource", {
      description: `What websocket-api-${props.stage} keeps`,
      enableKeyRotation: true,
      deletionWindowInDays: props.deletionDays,
      policy: policyDocument([ofAccount(props), ofLogs(props), ofNotifications(props)]),
    });
    new KmsAlias(this, "alias", { name: `alias/websocket-api-${props.stage}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }

  /** DynamoDB and SQS use the key on behalf of whoever calls them, so a function that keeps something there needs it itself. */
  grantUse(grantee: LambdaFunction): void {
    const Action = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"];
    grantee.allow({ Sid: "UseKey", Action, Resource: [this.arn] });
  }

  /** Every function's variables are encrypted with the key, and decrypted in its own name. */
  grantVariables(grantee: LambdaFunction): void {
    grantee.allow({ Sid: "ReadVariables", Action: ["kms:Decrypt"], Resource: [this.arn] });
  }
}

/** Leaves it to IAM who in the account may use the key; without it nobody could ever change this policy. */
function ofAccount({ account }: CustomerKeyProps): Statement {
  const Principal = { AWS: `arn:${account.partition}:iam::${account.id}:root` };
  return { Sid: "Account", Effect: "Allow", Principal, Action: "kms:*", Resource: "*" };
}

/** CloudWatch Logs refuses to encrypt a group with a key that does not let it, and only this stage's groups may be. */
function ofLogs({ stage, region, account }: CustomerKeyProps): Statement {
  const group = (name: string) => `arn:${account.partition}:logs:${region}:${account.id}:log-group:${name}`;
  const groups = [
    group(`/aws/lambda/websocket-api-${stage}-*`),
    group(`/aws/apigateway/*/${stage}`),
    group(`websocket-api-${stage}-logs`),
  ];
  return {
    Sid: "Logs",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: USE,
    Resource: "*",
    Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": groups } },
  };
}

/** Alarms and budgets write to the encrypted topic themselves; without this they would be lost in silence. */
function ofNotifications({ account }: CustomerKeyProps): Statement {
  return {
    Sid: "Notifications",
    Effect: "Allow",
    Principal: { Service: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] },
    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": account.id } },
  };
}
