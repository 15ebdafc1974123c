import { expect } from "chai";
import { countPosts } from "#functions/runtime/post-counts.ts";
import { bundlesWithFanout } from "./every-setting.ts";
import { resource, synthesized } from "./synthesized.ts";

const FANOUT = { fanout: { async: {} } };

describe("a stage with alarms", () => {
  const alarms = { emails: ["team@chat.test", "night@chat.test"], functionErrors: 3, durationPercent: 50 };
  const change = { alarms, functions: FANOUT, customerKey: { deletionDays: 7 } };
  const stack = synthesized(change, bundlesWithFanout());
  const all = stack.resource.aws_cloudwatch_metric_alarm ?? {};

  it("watches each function, the API, and what was given up", () => {
    const ofFunction = (name: string) => ["errors", "throttles", "duration"].map((what) => `alarms_${name}-${what}`);
    expect(all).to.have.all.keys(
      ...["connect", "message", "fanout"].flatMap(ofFunction),
      "alarms_fanout-failed-events",
      "alarms_fanout-lost-events",
      "alarms_integration-errors",
      "alarms_execution-errors",
      "alarms_client-errors",
      "alarms_connect-anomaly",
      "alarms_gone-rate",
    );
  });

  it("tells its topic of trouble and of its end, and takes silence for peace", () => {
    const topic = ["${aws_sns_topic.alarm-topic.arn}"];
    for (const [name, alarm] of Object.entries(all))
      expect(alarm, name).to.deep.include({
        alarm_actions: topic,
        ok_actions: topic,
        treat_missing_data: "notBreaching",
      });
  });

  it("rings as the stage file says", () => {
    expect(all["alarms_message-errors"]).to.deep.include({
      alarm_name: "websocket-api-dev-message-errors",
      namespace: "AWS/Lambda",
      metric_name: "Errors",
      dimensions: { FunctionName: "${aws_lambda_function.message.function_name}" },
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 3,
      period: 300,
      evaluation_periods: 1,
    });
    // Half of 15 seconds.
    expect(all["alarms_message-duration"]).to.deep.include({ extended_statistic: "p99", threshold: 7500 });
    expect(all["alarms_client-errors"]).to.deep.include({
      metric_name: "ClientError",
      dimensions: { ApiId: "${aws_apigatewayv2_api.api.id}", Stage: "dev" },
    });
  });

  it("compares connections with what is usual", () => {
    const { metric_query, threshold_metric_id, comparison_operator } = all["alarms_connect-anomaly"] ?? {};
    expect([threshold_metric_id, comparison_operator]).to.deep.equal([
      "usual",
      "LessThanLowerOrGreaterThanUpperThreshold",
    ]);
    expect(JSON.stringify(metric_query)).to.include("ANOMALY_DETECTION_BAND(connects, 4)").and.include("ConnectCount");
  });

  it("rings when too many posts find nobody, by what the functions count", async () => {
    const own = synthesized({ alarms: { ...alarms, gonePercent: 35 } });
    const { metric_query, ...alarm } = resource(own, "aws_cloudwatch_metric_alarm.alarms_gone-rate");
    expect(alarm).to.include({ threshold: 35, evaluation_periods: 3, alarm_name: "websocket-api-dev-gone-rate" });
    const [posted, gone, percent] = metric_query as Record<string, unknown>[];
    expect(percent).to.include({ expression: "IF((posted + gone) >= 100, 100 * gone / (posted + gone), 0)" });

    const lines: string[] = [];
    const poster = { post: async () => "gone" as const };
    const clock = { now: () => 0 };
    const counted = countPosts({ poster, clock }, { stage: "dev", write: (line) => lines.push(line) });
    await counted.telling((id: string) => counted.ports.poster.post(id, "{}"))("c1");
    const { _aws, ...line } = JSON.parse(lines.join());
    const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
    for (const { metric } of [posted, gone] as { metric: Record<string, string> }[]) {
      expect(metric.namespace).to.equal(Namespace);
      expect(Object.keys(Object(metric.dimensions))).to.deep.equal(Dimensions[0]);
      expect(metric.dimensions).to.deep.equal({ Stage: line.Stage });
      expect(Metrics.map(({ Name }: { Name: string }) => Name)).to.include(metric.metric_name);
    }
  });

  it("tells each address, through a topic that only alarms and budgets of the account may use", () => {
    const endpoints = Object.values(stack.resource.aws_sns_topic_subscription ?? {}).map(({ endpoint }) => endpoint);
    expect(endpoints).to.deep.equal(["team@chat.test", "night@chat.test"]);
    const { policy } = resource(stack, "aws_sns_topic_policy.alarm-topic_policy");
    const [allowed] = JSON.parse(String(policy)).Statement;
    expect(allowed.Principal).to.deep.equal({ Service: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] });
    expect(allowed.Condition.StringEquals).to.have.property("aws:SourceAccount");
    expect(resource(stack, "aws_sns_topic.alarm-topic").kms_master_key_id).to.equal("${aws_kms_key.key.arn}");
  });

  it("uses the team's topic if there is one, and makes none", () => {
    const topicArn = "arn:aws:sns:us-east-1:123456789012:pager";
    const own = synthesized({ alarms: { topicArn } });
    expect(own.resource).not.to.have.property("aws_sns_topic");
    expect(resource(own, "aws_cloudwatch_metric_alarm.alarms_message-errors").alarm_actions).to.deep.equal([topicArn]);
  });

  it("tells the topic when the month is forecast to cost too much, of what has the stack's tag", () => {
    const own = synthesized({ alarms, budget: { monthlyUsd: 12.5, forecastPercent: 90 } });
    const budget = resource(own, "aws_budgets_budget.budget");
    expect(budget).to.deep.include({ limit_amount: "12.50", limit_unit: "USD", time_unit: "MONTHLY" });
    expect(budget.cost_filter).to.deep.equal([{ name: "TagKeyValue", values: ["user:Stack$websocket-api-dev"] }]);
    expect(budget.notification).to.deep.include({
      comparison_operator: "GREATER_THAN",
      notification_type: "FORECASTED",
      threshold: 90,
      threshold_type: "PERCENTAGE",
      subscriber_sns_topic_arns: ["${aws_sns_topic.alarm-topic.arn}"],
    });
  });

  it("has neither alarms nor topic unless the stage file says so", () => {
    expect(synthesized().resource).not.to.have.any.keys("aws_cloudwatch_metric_alarm", "aws_sns_topic");
  });
});

describe("a stage with a dashboard", () => {
  interface Widget {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly properties: { readonly title: string; readonly query?: string; readonly metrics?: unknown[] };
  }

  const routes = { "it's ${here}": { function: "message" } };
  const stack = synthesized({ dashboard: true, routes, functions: FANOUT }, bundlesWithFanout());
  const body = String(resource(stack, "aws_cloudwatch_dashboard.dashboard").dashboard_body);
  const widgets: Widget[] = JSON.parse(body).widgets;

  it("shows the API, its pushes, its routes, and each function with the routes that lead to it", () => {
    expect(widgets.map(({ properties }) => properties.title)).to.deep.equal([
      "Connections and messages",
      "Errors",
      "Integration latency, p99",
      "Posts",
      "Posts to connections that are gone",
      "Pumps: delay, p99",
      "Routes",
      "connect ($connect, $disconnect)",
      "connect ($connect, $disconnect): errors and throttles",
      "connect ($connect, $disconnect): duration",
      "message ($default, sendMessage, it's $${here})",
      "message ($default, sendMessage, it's $${here}): errors and throttles",
      "message ($default, sendMessage, it's $${here}): duration",
      "fanout",
      "fanout: errors and throttles",
      "fanout: duration",
    ]);
  });

  it("asks the access log for exactly the routes of the stage", () => {
    const query = widgets.find(({ type }) => type === "log")?.properties.query;
    expect(query).to.include(
      "filter routeKey in ['$connect', '$disconnect', '$default', 'sendMessage', 'it\\'s $${here}']",
    );
  });

  it("puts no widget over another, nor beyond the grid", () => {
    const places = widgets.map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).to.equal(widgets.length);
    for (const { x, width } of widgets) expect(x + width).to.be.at.most(24);
  });

  it("shows what was given up beside the errors", () => {
    const failed = widgets.find(({ properties }) => properties.title === "fanout: errors and throttles");
    expect(JSON.stringify(failed)).to.include("${aws_sqs_queue.fanout_failed.name}");
  });
});

describe("a stage with saved queries", () => {
  const stack = synthesized({ savedQueries: true });
  const queries = stack.resource.aws_cloudwatch_query_definition ?? {};

  it("has one for each question people ask a log", () => {
    expect(Object.values(queries).map(({ name }) => name)).to.have.members(
      [
        "slowest-routes",
        "errors-by-code",
        "one-connection",
        "one-message",
        "throttles",
        "deliveries",
        "cold-starts",
      ].map((name) => `websocket-api-dev/${name}`),
    );
  });

  it("asks the logs that can answer", () => {
    const functions = [
      "${aws_cloudwatch_log_group.connect_logs.name}",
      "${aws_cloudwatch_log_group.message_logs.name}",
    ];
    const access = "${aws_cloudwatch_log_group.stage_access-logs.name}";
    expect(queries.queries_throttles?.log_group_names).to.deep.equal([access]);
    expect(queries["queries_cold-starts"]?.log_group_names).to.deep.equal(functions);
    expect(queries["queries_one-connection"]?.log_group_names).to.deep.equal([access, ...functions]);
  });

  it("names only fields that the access log has", () => {
    const { access_log_settings } = resource(stack, "aws_apigatewayv2_stage.stage");
    const fields = Object.keys(JSON.parse(Object(access_log_settings).format));
    for (const field of ["eventType", "integrationLatency", "routeKey", "status", "connectionId", "messageId"])
      expect(fields).to.include(field);
    expect(queries["queries_slowest-routes"]?.query_string).to.include("pct(integrationLatency, 99)");
  });
});
