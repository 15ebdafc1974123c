// The stage's execution log, in the group API Gateway makes for it, at the level of each route (aws facts §8.2). Wording as in
// REST APIs' logs: AWS does not document it.
import { randomUUID } from "node:crypto";
import type { Clock } from "#local/clock.ts";
import type { LogStore } from "#local/logs/log-store.ts";
import type { ExecutionLogSettings, Stage } from "#local/stack.ts";
import type { CallIntegration, IntegrationOutcome } from "./integration.ts";

const maxEventBytes = 1024;

export class ExecutionLog {
  readonly #write: (text: string) => void;
  readonly #settings: ExecutionLogSettings;

  constructor(settings: ExecutionLogSettings, write: (text: string) => void) {
    this.#settings = settings;
    this.#write = write;
  }

  error(requestId: string, text: string): void {
    this.#write(`(${requestId}) ${text}`);
  }

  info(requestId: string, text: string): void {
    if (this.#settings.level === "INFO") this.#write(`(${requestId}) ${text}`);
  }

  /** What was in a request or response: only with data trace. */
  data(requestId: string, label: string, content: string): void {
    if (this.#settings.dataTrace) this.info(requestId, `${label}: ${content}`);
  }
}

/** The log of a route, or of what takes no route; undefined: its level is OFF. */
export type ExecutionLogs = (routeKey: string | undefined) => ExecutionLog | undefined;

export function openExecutionLogs(apiId: string, stage: Stage, logs: LogStore, clock: Clock): ExecutionLogs {
  const group = `/aws/apigateway/${apiId}/${stage.name}`;
  const stream = randomUUID().replaceAll("-", "");
  const write = (text: string): void => logs.write({ group, stream, timestamp: clock.now(), message: truncated(text) });
  const open = (settings: ExecutionLogSettings): ExecutionLog | undefined =>
    settings.level === "OFF" ? undefined : new ExecutionLog(settings, write);
  const ofStage = open(stage.executionLog);
  const ofRoutes = new Map(Object.entries(stage.routeExecutionLogs).map(([key, settings]) => [key, open(settings)]));
  return (routeKey) => (routeKey !== undefined && ofRoutes.has(routeKey) ? ofRoutes.get(routeKey) : ofStage);
}

/** The call, with a line for all that it does. */
export function logged(call: CallIntegration, log: ExecutionLog | undefined, uri: string): CallIntegration {
  if (!log) return call;
  return async (event, requestId) => {
    log.info(requestId, `Endpoint request URI: ${uri}`);
    log.data(requestId, "Endpoint request body after transformations", event);
    log.info(requestId, `Sending request to ${uri}`);
    const outcome = await call(event, requestId);
    logOutcome(log, requestId, outcome);
    return outcome;
  };
}

function logOutcome(log: ExecutionLog, requestId: string, outcome: IntegrationOutcome): void {
  const { kind, serviceStatus, latencyMs, payload, functionError } = outcome;
  if (serviceStatus !== undefined) {
    log.info(requestId, `Received response. Status: ${serviceStatus}, Integration latency: ${latencyMs} ms`);
    log.info(requestId, `AWS Integration Endpoint RequestId : ${outcome.requestId}`);
  }
  if (payload !== undefined) log.data(requestId, "Endpoint response body before transformations", payload);
  if (functionError) {
    log.error(
      requestId,
      `Lambda execution failed with status 200 due to customer function error: ${functionError.errorMessage}. Lambda request id: ${outcome.requestId}`,
    );
  } else if (kind === "failed") {
    log.error(requestId, `Lambda invocation failed with status: ${serviceStatus}. ${outcome.errorMessage ?? ""}`);
  } else if (kind === "timed-out") {
    log.error(requestId, "Execution failed due to a timeout error");
  } else if (kind === "not-permitted") {
    log.error(requestId, `Execution failed due to configuration error: ${outcome.errorMessage}`);
  }
}

/** Longer events are cut off (aws facts §8.2). */
function truncated(text: string): string {
  if (text.length * 3 <= maxEventBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxEventBytes) return text;
  // Without the half of a character that the cut may leave.
  return `${bytes
    .subarray(0, maxEventBytes - 12)
    .toString()
    .replace(/\ufffd$/, "")} [TRUNCATED]`;
}
