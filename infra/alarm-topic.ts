import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { Construct } from "constructs";
import type { Account } from "./account.ts";
import { exempt } from "./checks/exempt.ts";
import type { CustomerKey } from "./customer-key.ts";
import { policyDocument, refuseWithoutTls, type Statement } from "./policy-document.ts";
import type { AlarmsConfig } from "./stage-file/alarms-schema.ts";

export interface AlarmTopicProps {
  readonly stage: string;
  readonly account: Account;
  readonly alarms: AlarmsConfig;
  readonly key: CustomerKey | undefined;
}

/** Where alarms and the budget ring: the team's topic, or one of the stage's own with its addresses. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    this.arn = props.alarms.topicArn ?? this.#createTopic(props);
  }

  #createTopic({ stage, account, alarms, key }: AlarmTopicProps): string {
    const topic = new SnsTopic(this, "Resource", {
      name: `websocket-api-${stage}-alarms`,
      ...(key === undefined ? {} : { kmsMasterKeyId: key.arn }),
    });
    // AWS's own key for SNS is no way out: alarms may not use it, and would be lost in silence.
    if (key === undefined)
      exempt(topic, { "topic-encrypted": "The stage has no customerKey; alarms carry metrics, no messages." });
    const statements = [letPublish(topic, account), refuseWithoutTls("sns:Publish", [topic.arn])];
    new SnsTopicPolicy(this, "policy", { arn: topic.arn, policy: policyDocument(statements) });
    for (const [at, endpoint] of alarms.emails.entries())
      new SnsTopicSubscription(this, `email-${at + 1}`, { topicArn: topic.arn, protocol: "email", endpoint });
    return topic.arn;
  }
}

function letPublish(topic: SnsTopic, account: Account): Statement {
  return {
    Sid: "AlarmsAndBudget",
    Effect: "Allow",
    Principal: { Service: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] },
    Action: "sns:Publish",
    Resource: topic.arn,
    Condition: { StringEquals: { "aws:SourceAccount": account.id } },
  };
}
