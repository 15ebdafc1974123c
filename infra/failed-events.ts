import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Construct } from "constructs";
import type { CustomerKey } from "./customer-key.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import { policyDocument, refuseWithoutTls } from "./policy-document.ts";
import type { FunctionConfig } from "./stage-file/function-schema.ts";

export interface FailedEventsProps {
  readonly of: LambdaFunction;
  readonly async: NonNullable<FunctionConfig["async"]>;
  readonly key: CustomerKey | undefined;
}

/** The longest SQS keeps a message: two weeks to look at what failed. */
const KEPT_SECONDS = 14 * 24 * 60 * 60;

/**
 * A function's dead letters: events that Lambda gave up, each with the error (aws facts §10.3). A destination rather than the
 * function's older dead_letter_config, which would keep the event alone.
 */
export class FailedEvents extends Construct {
  readonly queue: SqsQueue;

  constructor(scope: Construct, id: string, props: FailedEventsProps) {
    super(scope, id);
    this.queue = this.#createQueue(props);
    this.#refuseWithoutTls();
    props.of.allow({ Sid: "KeepFailedEvents", Action: ["sqs:SendMessage"], Resource: [this.queue.arn] });
    this.#configure(props);
  }

  #createQueue({ of, key }: FailedEventsProps): SqsQueue {
    const encryption = key === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: key.arn };
    return new SqsQueue(this, "Resource", {
      name: `${of.name}-failed`,
      messageRetentionSeconds: KEPT_SECONDS,
      ...encryption,
    });
  }

  #refuseWithoutTls(): void {
    const policy = policyDocument([refuseWithoutTls("sqs:*", [this.queue.arn])]);
    new SqsQueuePolicy(this, "policy", { queueUrl: this.queue.url, policy });
  }

  #configure({ of, async }: FailedEventsProps): void {
    new LambdaFunctionEventInvokeConfig(this, "retries", {
      functionName: of.alias.functionName,
      qualifier: of.alias.name,
      maximumRetryAttempts: async.maximumRetryAttempts,
      maximumEventAgeInSeconds: async.maximumEventAgeSeconds,
      destinationConfig: { onFailure: { destination: this.queue.arn } },
      // Lambda looks whether the role may send to the queue.
      dependsOn: [of.policy],
    });
  }
}
