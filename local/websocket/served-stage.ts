// A stage with everything that can be known before its first request: routes found, expressions compiled, buckets full.
import { randomUUID } from "node:crypto";
import type { Clock } from "#local/clock.ts";
import { mayInvoke } from "#local/iam/may-invoke.ts";
import type { Invoker } from "#local/lambda/invoker.ts";
import type { LogStore } from "#local/logs/log-store.ts";
import type { Route, Stack, Stage, WebSocketApi } from "#local/stack.ts";
import { type AccessRecord, compileAccessLog } from "./access-log.ts";
import { type CallIntegration, callFunction, callMock } from "./integration.ts";
import type { GatewayLimits } from "./limits.ts";
import { selectRoutes } from "./route-selection.ts";
import { type TokenBucket, tokenBucket } from "./throttle.ts";

export interface ServedRoute {
  readonly key: string;
  readonly twoWay: boolean;
  readonly bucket: TokenBucket;
  readonly call: CallIntegration;
}

export interface ServedStage {
  readonly apiId: string;
  readonly name: string;
  readonly deployed: boolean;
  /** undefined when the stage defines none: then events have no such key. */
  readonly variables: Readonly<Record<string, string>> | undefined;
  readonly connect: ServedRoute | undefined;
  readonly disconnect: ServedRoute | undefined;
  /** The route of a message; undefined when there is none, not even `$default`. */
  readonly selectRoute: (text: string) => ServedRoute | undefined;
  /** `arn:aws:execute-api:<region>:<account>:<api>/<stage>` */
  readonly arn: string;
  readonly logAccess: ((record: AccessRecord) => void) | undefined;
}

export interface StageParts {
  readonly stack: Stack;
  readonly invoker: Invoker;
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly limits: GatewayLimits;
}

export function serveStage(api: WebSocketApi, stage: Stage, parts: StageParts): ServedStage {
  const arn = `arn:aws:execute-api:${parts.stack.region}:${parts.stack.accountId}:${api.id}/${stage.name}`;
  const routes = new Map(stage.routes.map((route) => [route.key, serveRoute(route, stage, arn, parts)]));
  return {
    apiId: api.id,
    name: stage.name,
    deployed: stage.deployed,
    variables: Object.keys(stage.variables).length === 0 ? undefined : stage.variables,
    connect: routes.get("$connect"),
    disconnect: routes.get("$disconnect"),
    selectRoute: selectRoutes(api.routeSelectionExpression, routes),
    arn,
    logAccess: accessLogger(stage, parts.logs),
  };
}

function serveRoute(route: Route, stage: Stage, stageArn: string, parts: StageParts): ServedRoute {
  return {
    key: route.key,
    twoWay: route.twoWay,
    bucket: tokenBucket(stage.routeThrottles[route.key] ?? stage.throttle, parts.clock),
    call: integrationCall(route, `${stageArn}/${route.key}`, parts),
  };
}

function integrationCall(
  { integration }: Route,
  sourceArn: string,
  { stack, invoker, clock, limits }: StageParts,
): CallIntegration {
  if (integration?.type === "MOCK") return callMock;
  const target = stack.functions.find(({ name }) => name === integration?.functionName);
  const permitted =
    target !== undefined &&
    mayInvoke(target, { principal: "apigateway.amazonaws.com", sourceArn, qualifier: integration?.qualifier });
  const timeoutMs = Math.min(integration?.timeoutMs ?? limits.integrationMs, limits.integrationMs);
  return callFunction({ invoker, clock, functionName: target?.name ?? "", timeoutMs, permitted });
}

function accessLogger({ accessLog }: Stage, logs: LogStore): ServedStage["logAccess"] {
  if (!accessLog) return undefined;
  const { group } = accessLog;
  const stream = randomUUID().replaceAll("-", "");
  const line = compileAccessLog(accessLog.format);
  return (record) => logs.write({ group, stream, timestamp: record.requestTimeEpoch, message: line(record) });
}
