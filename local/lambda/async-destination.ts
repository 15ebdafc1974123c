// Where an asynchronous event ends: a function of the stack is invoked with Lambda's record of it; for a queue or topic, which
// nothing here serves, the record is in the function's log group.
import { randomUUID } from "node:crypto";
import { evaluate } from "#local/iam/evaluate.ts";
import type { AsyncInvoke } from "#local/stack.ts";
import type { InvokeResult } from "./invoker.ts";
import type { ServedFunction } from "./served-function.ts";

export interface AsyncEvent {
  readonly functionName: string;
  readonly payload: string;
  readonly qualifier?: string | undefined;
  /** The same for all of its invocations. */
  readonly requestId: string;
  /** How often it was tried. */
  invocations: number;
}

export type EndCondition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

export interface Ended {
  readonly event: AsyncEvent;
  readonly result: InvokeResult;
  readonly condition: EndCondition;
  readonly served: ServedFunction;
  readonly config: AsyncInvoke;
  readonly now: number;
  find(functionName: string): ServedFunction | undefined;
  submit(event: { functionName: string; payload: string; requestId: string }): boolean;
}

export function deliverOutcome(ended: Ended): void {
  const { event, condition, config, served, result } = ended;
  const { requestId, payload, invocations } = event;
  const destination = condition === "Success" ? config.onSuccess : config.onFailure;
  const errorMessage = messageOf(result);
  if (destination !== undefined) deliverRecord(ended, destination);
  else if (condition === "Success") return;
  else if (config.deadLetter !== undefined) {
    const record = { deadLetter: config.deadLetter, requestId, errorMessage, payload };
    write(served, "local.asyncDeadLetter", record);
  } else {
    // Lambda only counts it; here somebody wants to know.
    write(served, "local.asyncEventDropped", { requestId, condition, invocations, errorMessage });
  }
}

function deliverRecord(ended: Ended, destination: string): void {
  const { served, find, submit } = ended;
  const record = invocationRecord(ended);
  const [, , service, , , , name = ""] = destination.split(":");
  const target = service === "lambda" ? find(name) : undefined;
  if (!target) {
    write(served, "local.asyncDestination", { destination, record });
    return;
  }
  const { role, name: sessionName } = served.lambda;
  const decision = role && evaluate(role, { action: "lambda:InvokeFunction", resource: destination, sessionName });
  if (decision?.allowed === false) {
    write(served, "local.asyncDestinationDenied", { destination, errorMessage: decision.message });
    return;
  }
  submit({ functionName: target.lambda.name, payload: JSON.stringify(record), requestId: randomUUID() });
}

function write(served: ServedFunction, type: string, record: object): void {
  served.write(JSON.stringify({ type, record }));
}

/** As Lambda hands it to a destination. */
function invocationRecord({ event, result, condition, served, now }: Ended): object {
  const functionError = result.kind === "function-error" ? { functionError: "Unhandled" } : {};
  return {
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${served.lambda.arn}:$LATEST`,
      condition,
      approximateInvokeCount: event.invocations,
    },
    requestPayload: JSON.parse(event.payload),
    ...(result.kind !== "throttled" && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", ...functionError },
      responsePayload: responsePayload(result),
    }),
  };
}

function responsePayload(result: InvokeResult): unknown {
  if (result.kind === "success") return JSON.parse(result.payload);
  return errorPayload(result);
}

/** What an invoker reads of a function that failed. */
export function errorPayload(result: InvokeResult): object {
  if (result.kind !== "function-error") return {};
  const { errorType, errorMessage, trace = [] } = result;
  return { errorType, errorMessage, trace };
}

function messageOf(result: InvokeResult): string {
  if (result.kind === "function-error") return result.errorMessage;
  return result.kind === "throttled" ? result.reason : "";
}
