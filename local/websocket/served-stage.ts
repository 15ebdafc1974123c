// A stage with everything that can be known before its first request: routes found, expressions compiled, buckets full.
import { randomUUID } from "node:crypto";
import type { LogStore } from "#local/logs/log-store.ts";
import type { Stage, WebSocketApi } from "#local/stack.ts";
import { type AccessRecord, compileAccessLog } from "./access-log.ts";
import { type ExecutionLogs, openExecutionLogs } from "./execution-log.ts";
import { selectRoutes } from "./route-selection.ts";
import { type ServedRoute, type StageParts, serveRoute } from "./served-route.ts";

export interface ServedStage {
  readonly apiId: string;
  readonly name: string;
  /** Of its API. */
  readonly defaultEndpoint: boolean;
  readonly deployed: boolean;
  /** undefined when the stage defines none: then events have no such key. */
  readonly variables: Readonly<Record<string, string>> | undefined;
  readonly connect: ServedRoute | undefined;
  readonly apiKeySource: WebSocketApi["apiKeySource"];
  readonly disconnect: ServedRoute | undefined;
  /** The route of a message; undefined when there is none, not even `$default`. */
  readonly selectRoute: (text: string) => ServedRoute | undefined;
  /** `arn:aws:execute-api:<region>:<account>:<api>/<stage>` */
  readonly arn: string;
  readonly logAccess: ((record: AccessRecord) => void) | undefined;
  readonly logOf: ExecutionLogs;
}

export function serveStage(api: WebSocketApi, stage: Stage, parts: StageParts): ServedStage {
  const { stack, logs, clock } = parts;
  const apiArn = `arn:aws:execute-api:${stack.region}:${stack.accountId}:${api.id}`;
  const logOf = openExecutionLogs(api.id, stage, logs, clock);
  const served = { ...parts, apiArn, stage, logOf };
  const routes = new Map(stage.routes.map((route) => [route.key, serveRoute(route, served)]));
  return {
    apiId: api.id,
    name: stage.name,
    defaultEndpoint: api.defaultEndpoint,
    deployed: stage.deployed,
    variables: Object.keys(stage.variables).length === 0 ? undefined : stage.variables,
    connect: routes.get("$connect"),
    apiKeySource: api.apiKeySource,
    disconnect: routes.get("$disconnect"),
    selectRoute: selectRoutes(api.routeSelectionExpression, routes),
    arn: `${apiArn}/${stage.name}`,
    logAccess: accessLogger(stage, logs),
    logOf,
  };
}

function accessLogger({ accessLog }: Stage, logs: LogStore): ServedStage["logAccess"] {
  if (!accessLog) return undefined;
  const { group } = accessLog;
  const stream = randomUUID().replaceAll("-", "");
  const line = compileAccessLog(accessLog.format);
  return (record) => logs.write({ group, stream, timestamp: record.requestTimeEpoch, message: line(record) });
}
