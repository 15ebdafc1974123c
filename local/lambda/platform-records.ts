// What Lambda itself writes to a function's log group: START, END and REPORT, or their JSON forms (aws facts §10.4).
import type { LambdaFunction } from "#local/stack.ts";

export interface Report {
  readonly status: "success" | "error" | "timeout";
  readonly durationMs: number;
  readonly memoryMb: number;
  /** Only of the first invocation of a worker. */
  readonly initMs?: number | undefined;
  readonly errorType?: string | undefined;
}

export interface PlatformRecords {
  start(requestId: string, time: number): string[];
  end(requestId: string, time: number, report: Report): string[];
}

export function platformRecords({ logging, memoryMb }: Pick<LambdaFunction, "logging" | "memoryMb">): PlatformRecords {
  return logging.format === "JSON" ? jsonRecords(logging.systemLevel ?? "INFO", memoryMb) : textRecords(memoryMb);
}

function textRecords(memorySize: number): PlatformRecords {
  return {
    start: (requestId) => [`START RequestId: ${requestId} Version: $LATEST`],
    end(requestId, time, { status, durationMs, memoryMb, initMs, errorType }) {
      const lines = [`END RequestId: ${requestId}`];
      const billed = Math.ceil(durationMs + (initMs ?? 0));
      const init = initMs === undefined ? "" : `Init Duration: ${initMs.toFixed(2)} ms\t`;
      const failed = status === "success" ? "" : `Status: ${status}\t`;
      const type = status === "error" && errorType !== undefined ? `Error Type: ${errorType}\t` : "";
      lines.push(
        `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${billed} ms\t` +
          `Memory Size: ${memorySize} MB\tMax Memory Used: ${memoryMb} MB\t${init}${failed}${type}`,
      );
      if (status === "timeout") {
        const seconds = (durationMs / 1000).toFixed(2);
        lines.push(`${new Date(time).toISOString()} ${requestId} Task timed out after ${seconds} seconds`);
      }
      return lines;
    },
  };
}

/** A start is INFO, the report of a success INFO and of a failure WARN; what is below the system level is left out. */
function jsonRecords(systemLevel: string, memorySize: number): PlatformRecords {
  const writesInfo = systemLevel !== "WARN";
  return {
    start(requestId, time) {
      if (!writesInfo) return [];
      return [platformRecord(time, "platform.start", { requestId, version: "$LATEST" })];
    },
    end(requestId, time, { status, durationMs, memoryMb, initMs, errorType }) {
      if (!writesInfo && status === "success") return [];
      const metrics = {
        durationMs: rounded(durationMs),
        billedDurationMs: Math.ceil(durationMs + (initMs ?? 0)),
        memorySizeMB: memorySize,
        maxMemoryUsedMB: memoryMb,
        ...(initMs !== undefined && { initDurationMs: rounded(initMs) }),
      };
      const error = errorType === undefined ? {} : { errorType };
      return [platformRecord(time, "platform.report", { requestId, metrics, status, ...error })];
    },
  };
}

function platformRecord(time: number, type: string, record: object): string {
  return JSON.stringify({ time: new Date(time).toISOString(), type, record });
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
