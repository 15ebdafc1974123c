import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import type { AlarmTopic } from "./alarm-topic.ts";
import { deliveryMetric } from "./delivery-metrics.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import type { Stage } from "./stage.ts";
import type { AlarmsConfig } from "./stage-file/alarms-schema.ts";

export interface AlarmsProps {
  readonly stage: Stage;
  /** By their names in the stage file. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly topic: AlarmTopic;
  readonly thresholds: AlarmsConfig;
}

/** Five minutes: short enough to hear of trouble, long enough not to ring for one retry. */
const PERIOD_SECONDS = 300;
/** In one period. */
const LEAST_POSTS = 100;

/** What is watched: an alarm's settings but for its name and whom it tells. */
type Watched = Omit<CloudwatchMetricAlarmConfig, "alarmName" | "evaluationPeriods"> & {
  readonly evaluationPeriods?: number;
};

/** What rings, and why: each alarm's description says what it means and where to look. */
export class Alarms extends Construct {
  readonly #topic: AlarmTopic;
  readonly #prefix: string;

  constructor(scope: Construct, id: string, { stage, functions, topic, thresholds }: AlarmsProps) {
    super(scope, id);
    this.#topic = topic;
    this.#prefix = `websocket-api-${stage.name}`;
    for (const [name, fn] of functions) this.#watchFunction(name, fn, thresholds);
    this.#watchApi(stage, thresholds);
    this.#watchConnects(stage, thresholds.connectAnomalyWidth);
    this.#watchGone(stage.name, thresholds.gonePercent);
  }

  #watchFunction(name: string, fn: LambdaFunction, thresholds: AlarmsConfig): void {
    const dimensions = { FunctionName: fn.functionName };
    const sum = { namespace: "AWS/Lambda", dimensions, statistic: "Sum" };
    this.#ring(`${name}-errors`, {
      ...sum,
      metricName: "Errors",
      threshold: thresholds.functionErrors,
      alarmDescription: `${name} fails. Its log says why: saved query errors-by-code.`,
    });
    this.#ring(`${name}-throttles`, {
      ...sum,
      metricName: "Throttles",
      threshold: thresholds.functionThrottles,
      alarmDescription: `${name} is not allowed to run as often as it is called: reserved concurrency, or the account's.`,
    });
    const limitMs = (fn.config.timeoutSeconds * 1000 * thresholds.durationPercent) / 100;
    this.#ring(`${name}-duration`, {
      namespace: "AWS/Lambda",
      dimensions,
      metricName: "Duration",
      extendedStatistic: "p99",
      threshold: limitMs,
      evaluationPeriods: 3,
      alarmDescription: `The slowest percent of ${name} comes near its timeout of ${fn.config.timeoutSeconds} s.`,
    });
    if (fn.failedEvents !== undefined) this.#watchFailedEvents(name, fn, fn.failedEvents.queue.name);
  }

  #watchFailedEvents(name: string, fn: LambdaFunction, queueName: string): void {
    this.#ring(`${name}-failed-events`, {
      namespace: "AWS/SQS",
      dimensions: { QueueName: queueName },
      metricName: "ApproximateNumberOfMessagesVisible",
      statistic: "Maximum",
      threshold: 1,
      alarmDescription: `Lambda gave up events of ${name}. They lie in the queue, each with its error.`,
    });
    this.#ring(`${name}-lost-events`, {
      namespace: "AWS/Lambda",
      dimensions: { FunctionName: fn.functionName },
      metricName: "DestinationDeliveryFailures",
      statistic: "Sum",
      threshold: 1,
      alarmDescription: `Events that ${name} failed to handle did not even reach their queue.`,
    });
  }

  #watchApi(stage: Stage, thresholds: AlarmsConfig): void {
    const errors = {
      IntegrationError: [thresholds.integrationErrors, "Functions fail, or answer too late, for API Gateway."],
      ExecutionError: [
        thresholds.executionErrors,
        "API Gateway itself fails: permissions, throttles, or its own faults.",
      ],
      ClientError: [thresholds.clientErrors, "Clients are refused before any function runs: unknown routes, limits."],
    } as const;
    for (const [metricName, [threshold, alarmDescription]] of Object.entries(errors)) {
      const id = metricName.replace("Error", "-errors").toLowerCase();
      this.#ring(id, { ...stage.metric(metricName), statistic: "Sum", threshold, alarmDescription });
    }
  }

  /** Far more, or far fewer, connections than at this hour of other days. */
  #watchConnects(stage: Stage, width: number): void {
    const { namespace, metricName, dimensions } = stage.metric("ConnectCount");
    this.#ring("connect-anomaly", {
      comparisonOperator: "LessThanLowerOrGreaterThanUpperThreshold",
      thresholdMetricId: "usual",
      evaluationPeriods: 3,
      metricQuery: [
        {
          id: "connects",
          returnData: true,
          metric: { namespace, metricName, dimensions, period: PERIOD_SECONDS, stat: "Sum" },
        },
        {
          id: "usual",
          label: "Usual",
          returnData: true,
          expression: `ANOMALY_DETECTION_BAND(connects, ${width})`,
        },
      ],
      alarmDescription: "New connections leave their usual course: a storm of reconnects, or nobody gets in.",
    });
  }

  /** A connection is found gone once; many of them again and again are members that nobody removes. Of few posts no share is told. */
  #watchGone(stageName: string, percent: number): void {
    const counted = ["posted", "gone"].map((name) => ({
      id: name,
      metric: { ...deliveryMetric(stageName, name), period: PERIOD_SECONDS, stat: "Sum" },
    }));
    const all = "(posted + gone)";
    const expression = `IF(${all} >= ${LEAST_POSTS}, 100 * gone / ${all}, 0)`;
    this.#ring("gone-rate", {
      threshold: percent,
      evaluationPeriods: 3,
      metricQuery: [...counted, { id: "percent", label: "Gone, %", returnData: true, expression }],
      alarmDescription: "Many posts find their connection gone: members are left behind. Saved query deliveries.",
    });
  }

  #ring(id: string, { comparisonOperator, evaluationPeriods = 1, ...watched }: Partial<Watched>): void {
    new CloudwatchMetricAlarm(this, id, {
      alarmName: `${this.#prefix}-${id}`,
      comparisonOperator: comparisonOperator ?? "GreaterThanOrEqualToThreshold",
      evaluationPeriods,
      ...(watched.metricQuery === undefined ? { period: PERIOD_SECONDS } : {}),
      // Nothing happens at night: that is no trouble.
      treatMissingData: "notBreaching",
      alarmActions: [this.#topic.arn],
      okActions: [this.#topic.arn],
      ...watched,
    });
  }
}
