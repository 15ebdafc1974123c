import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition/index.js";
import { Construct } from "constructs";
import type { LambdaFunction } from "./lambda-function.ts";
import type { Stage } from "./stage.ts";

/** Replaced by whoever runs the query: Logs Insights has no parameters of its own. */
const CONNECTION = "PASTE-CONNECTION-ID";
const MESSAGE = "PASTE-MESSAGE-ID";

/** What an access log line and a function's line have in common, so that one query reads both. */
const ANY_CONNECTION = "coalesce(connectionId, message.connectionId)";
const ANY_WHAT = "coalesce(eventType, message.event, type)";

export const QUERIES = {
  "slowest-routes": {
    logs: "access",
    query: [
      "filter eventType = 'MESSAGE' or eventType = 'CONNECT'",
      "stats count(*) as events, pct(integrationLatency, 50) as p50ms, pct(integrationLatency, 99) as p99ms by routeKey",
      "sort p99ms desc",
    ],
  },
  "errors-by-code": {
    logs: "functions",
    query: [
      "filter level = 'ERROR' or message.event = 'refused'",
      "stats count(*) as times by message.event, message.code, message.action",
      "sort times desc",
    ],
  },
  "one-connection": {
    logs: "all",
    query: [
      `fields @timestamp, @log, ${ANY_WHAT} as what, routeKey, status, integrationLatency, @message`,
      `filter ${ANY_CONNECTION} = '${CONNECTION}'`,
      "sort @timestamp asc",
    ],
  },
  "one-message": {
    logs: "all",
    query: [
      `fields @timestamp, @log, ${ANY_WHAT} as what, routeKey, status, integrationLatency, @message`,
      `filter messageId = '${MESSAGE}' or integrationRequestId = '${MESSAGE}' or requestId = '${MESSAGE}' or message.messageId = '${MESSAGE}' or message.clientRequestId = '${MESSAGE}'`,
      "sort @timestamp asc",
    ],
  },
  throttles: {
    logs: "access",
    query: ["filter status = 429", "stats count(*) as refused by bin(1m), routeKey"],
  },
  deliveries: {
    logs: "functions",
    query: [
      "filter event = 'posted' or event = 'pumped'",
      "stats sum(posted) as sent, sum(gone) as toGone, sum(throttled) as givenUp, sum(failed) as lost by bin(5m), conversation",
      "sort toGone desc",
    ],
  },
  "cold-starts": {
    logs: "functions",
    query: [
      "filter type = 'platform.report' and ispresent(record.metrics.initDurationMs)",
      "stats count(*) as starts, avg(record.metrics.initDurationMs) as meanMs, max(record.metrics.initDurationMs) as worstMs by bin(15m), @log",
    ],
  },
} as const;

/** Ready-made questions to the stage's logs, in the folder websocket-api-<stage> of Logs Insights. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, stage: Stage, functions: Iterable<LambdaFunction>) {
    super(scope, id);
    const ofFunctions = [...functions].map(({ logGroup }) => logGroup.name);
    const groups = {
      access: [stage.accessLog.name],
      functions: ofFunctions,
      all: [stage.accessLog.name, ...ofFunctions],
    };
    for (const [name, { logs, query }] of Object.entries(QUERIES))
      new CloudwatchQueryDefinition(this, name, {
        name: `websocket-api-${stage.name}/${name}`,
        logGroupNames: groups[logs],
        queryString: query.join("\n| "),
      });
  }
}
