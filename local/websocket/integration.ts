// Calling a route's integration: permission, timeout, and what came of it (aws facts §4).
import type { Clock } from "#local/clock.ts";
import type { InvokeResult, Invoker } from "#local/lambda/invoker.ts";

/** Called with the event as JSON text, and the id of the request it is for; never rejects. */
export type CallIntegration = (event: string, requestId: string) => Promise<IntegrationOutcome>;

export interface CallOptions {
  readonly invoker: Invoker;
  readonly clock: Clock;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly timeoutMs: number;
  /** What the function's resource policy says. */
  readonly permitted: boolean;
}

export class IntegrationOutcome {
  readonly kind: "answered" | "failed" | "timed-out" | "not-permitted";
  readonly latencyMs: number;
  /** HTTP status of the Lambda service itself: 200 even when the function failed. */
  readonly serviceStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly errorMessage: string | undefined;
  /** What a function that failed said itself. */
  readonly functionError: { readonly errorType: string; readonly errorMessage: string } | undefined;
  /** What a function returned, as JSON text. */
  readonly payload: string | undefined;

  constructor(kind: IntegrationOutcome["kind"], latencyMs: number, result?: InvokeResult) {
    this.kind = kind;
    this.latencyMs = latencyMs;
    this.requestId = result?.requestId;
    this.serviceStatus = result && (result.kind === "throttled" ? 429 : 200);
    this.errorMessage = errorMessageOf(kind, result);
    this.functionError = result?.kind === "function-error" ? result : undefined;
    this.payload = result?.kind === "success" ? result.payload : undefined;
  }

  /** What the function returned; undefined if it returned nothing that is an object. Parsed only when somebody asks. */
  result(): Readonly<Record<string, unknown>> | undefined {
    if (this.payload === undefined) return undefined;
    const value: unknown = JSON.parse(this.payload);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  }

  /** The function's `statusCode`, if it is one. */
  functionStatus(): number | undefined {
    return statusCodeOf(this.result()?.statusCode);
  }
}

export function callFunction({
  invoker,
  clock,
  functionName,
  qualifier,
  timeoutMs,
  permitted,
}: CallOptions): CallIntegration {
  if (!permitted) return () => Promise.resolve(new IntegrationOutcome("not-permitted", 0));
  return (event) =>
    new Promise((resolve) => {
      const startedAt = clock.now();
      const settle = (kind: IntegrationOutcome["kind"], result?: InvokeResult): void =>
        resolve(new IntegrationOutcome(kind, clock.now() - startedAt, result));
      // The function runs on when API Gateway gives up.
      const cancel = clock.setTimer(timeoutMs, () => settle("timed-out"));
      invoker.invoke(functionName, event, qualifier).then(
        (result) => {
          cancel();
          settle(result.kind === "success" ? "answered" : "failed", result);
        },
        () => {
          cancel();
          settle("failed");
        },
      );
    });
}

function statusCodeOf(value: unknown): number | undefined {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

function errorMessageOf(kind: IntegrationOutcome["kind"], result: InvokeResult | undefined): string | undefined {
  if (result?.kind === "function-error") return `${result.errorType}: ${result.errorMessage}`;
  if (result?.kind === "throttled") return result.reason;
  if (kind === "timed-out") return "Endpoint request timed out";
  if (kind === "not-permitted") return "Invalid permissions on Lambda function";
  return undefined;
}
