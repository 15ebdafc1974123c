import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import { deliveryMetric } from "./delivery-metrics.ts";
import { jsonDocument } from "./json-document.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import type { Stage } from "./stage.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { literal } from "./terraform-text.ts";

export interface DashboardProps {
  readonly stage: Stage;
  /** By their names in the stage file. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly config: Pick<StageConfig, "stage" | "aws" | "routes">;
}

interface Widget {
  readonly type: "metric" | "log";
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Metric = readonly unknown[];

/** CloudWatch's grid is 24 wide. */
const WHOLE = 24;
const THIRD = 8;
const HEIGHT = 6;

/** The stage at a glance: the API, its pushes, its routes from the access log, and a row for each function. */
export class Dashboard extends Construct {
  readonly #region: string;

  constructor(scope: Construct, id: string, { stage, functions, config }: DashboardProps) {
    super(scope, id);
    this.#region = config.aws.region;
    const rows = [
      this.#apiRow(stage),
      this.#deliveryRow(stage.name),
      [this.#routes(stage, Object.keys(config.routes))],
      ...[...functions].map(([name, fn]) => this.#functionRow(fn, title(name, config.routes))),
    ];
    new CloudwatchDashboard(this, "Resource", {
      dashboardName: `websocket-api-${config.stage}`,
      dashboardBody: jsonDocument({ widgets: rows.flatMap(placed) }),
    });
  }

  #apiRow(stage: Stage): Widget[] {
    const lines = (...names: string[]) => names.map((name) => line(stage.metric(name)));
    return [
      this.#graph("Connections and messages", lines("ConnectCount", "MessageCount"), { stat: "Sum" }),
      this.#graph("Errors", lines("ClientError", "IntegrationError", "ExecutionError"), { stat: "Sum" }),
      this.#graph("Integration latency, p99", lines("IntegrationLatency"), { stat: "p99" }),
    ];
  }

  /** What became of the frames that functions pushed; the last graph is of pumps only. */
  #deliveryRow(stageName: string): Widget[] {
    const lines = (...names: string[]) => names.map((name) => line(deliveryMetric(stageName, name)));
    const hidden = ["posted", "gone"].map((id) => [...line(deliveryMetric(stageName, id)), { id, visible: false }]);
    const share = { expression: "100 * gone / (posted + gone)", label: "gone, %" };
    return [
      this.#graph("Posts", lines("posted", "gone", "throttled", "failed"), { stat: "Sum" }),
      this.#graph("Posts to connections that are gone", [...hidden, [share]], { stat: "Sum" }),
      this.#graph("Pumps: delay, p99", lines("queueAgeMs", "lastMemberMs"), { stat: "p99" }),
    ];
  }

  /** From the access log, which has the routes of a stage whatever its metrics cost. */
  #routes(stage: Stage, keys: readonly string[]): Widget {
    const known = keys.map((key) => `'${literal(key).replaceAll("'", "\\'")}'`).join(", ");
    const query = [
      `SOURCE '${stage.accessLog.name}'`,
      `filter routeKey in [${known}]`,
      "stats count(*) as events, pct(integrationLatency, 50) as p50ms, pct(integrationLatency, 99) as p99ms by routeKey, status",
      "sort events desc",
    ].join(" | ");
    const properties = { title: "Routes", region: this.#region, view: "table", query };
    return { type: "log", width: WHOLE, height: HEIGHT, properties };
  }

  #functionRow(fn: LambdaFunction, about: string): Widget[] {
    const metric = (name: string, options: object = {}): Metric => [
      "AWS/Lambda",
      name,
      "FunctionName",
      fn.functionName,
      options,
    ];
    const timeout = { label: "timeout", value: fn.config.timeoutSeconds * 1000 };
    const failed = fn.failedEvents && [
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", fn.failedEvents.queue.name, { stat: "Maximum" }],
    ];
    const errors = [metric("Errors"), metric("Throttles"), ...(failed ?? [])];
    return [
      this.#graph(about, [metric("Invocations")], { stat: "Sum" }),
      this.#graph(`${about}: errors and throttles`, errors, { stat: "Sum" }),
      this.#graph(`${about}: duration`, [metric("Duration", { stat: "p50" }), metric("Duration", { stat: "p99" })], {
        annotations: { horizontal: [timeout] },
      }),
    ];
  }

  #graph(name: string, metrics: readonly Metric[], more: object): Widget {
    const properties = { title: name, region: this.#region, view: "timeSeries", period: 300, metrics, ...more };
    return { type: "metric", width: THIRD, height: HEIGHT, properties };
  }
}

function line({ namespace, metricName, dimensions }: ReturnType<typeof deliveryMetric | Stage["metric"]>): Metric {
  return [namespace, metricName, ...Object.entries(dimensions).flat()];
}

/** `message ($default, sendMessage, …)` */
function title(name: string, routes: StageConfig["routes"]): string {
  const keys = Object.keys(routes).filter((key) => routes[key]?.function === name);
  if (keys.length === 0) return name;
  return `${name} (${keys.slice(0, 3).map(literal).join(", ")}${keys.length > 3 ? ", …" : ""})`;
}

function placed(row: readonly Widget[], at: number): object[] {
  return row.map((widget, column) => ({ ...widget, x: column * THIRD, y: at * HEIGHT }));
}
