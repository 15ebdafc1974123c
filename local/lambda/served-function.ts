// One function as it is now: its code, its workers, its log lines. A change makes a new one; this one then ends by itself.
import { hash, randomUUID } from "node:crypto";
import type { Chaos } from "#local/chaos/chaos.ts";
import type { Clock } from "#local/clock.ts";
import type { Credentials } from "#local/iam/credentials.ts";
import type { LogStore } from "#local/logs/log-store.ts";
import type { LambdaFunction } from "#local/stack.ts";
import { functionEnvironment, type LocalEndpoints } from "./function-environment.ts";
import type { InvokeResult } from "./invoker.ts";
import { platformRecords } from "./platform-records.ts";
import { withLayers } from "./runtime-packages.ts";
import { runtimeMajor } from "./runtime-problems.ts";
import { type CodeDirectory, unpackCode } from "./unpack-code.ts";
import { type Asked, type PoolLimits, WorkerPool } from "./worker-pool.ts";
import type { GatewayAddress } from "./worker-protocol.ts";

export interface FunctionParts {
  readonly region: string;
  readonly credentials: Credentials;
  readonly logs: LogStore;
  /** Where zips are unpacked. */
  readonly codeDirectory: string;
  readonly endpoints: LocalEndpoints;
  readonly gateway: GatewayAddress | undefined;
  readonly clock: Clock;
  readonly chaos: Chaos;
  readonly limits: PoolLimits;
}

export interface ServedFunction {
  readonly lambda: LambdaFunction;
  /** Of all that a worker is made of: two that are the same need no reload. */
  readonly fingerprint: string;
  /** No throttle: whoever calls has counted. */
  invoke(asked: Asked): Promise<InvokeResult>;
  write(message: string): void;
  /** Settles when a worker is ready, or will never be. */
  warm(): Promise<void>;
  /** Runs what it has to its end, and starts nothing more. */
  retire(): Promise<void>;
  close(): Promise<void>;
}

export async function prepareCode(lambda: LambdaFunction, { codeDirectory }: FunctionParts): Promise<PreparedCode> {
  const own = await unpackCode(lambda.code, codeDirectory);
  const where = { root: codeDirectory, runtimeMajor: runtimeMajor(lambda.runtime) };
  const code = await withLayers(own, lambda.layers ?? [], where);
  return { ...code, fingerprint: hash("sha256", JSON.stringify([lambda, code.contentHash])) };
}

export interface PreparedCode extends CodeDirectory {
  readonly fingerprint: string;
}

export function serveFunction(lambda: LambdaFunction, code: PreparedCode, parts: FunctionParts): ServedFunction {
  const { logs, clock, limits } = parts;
  const { group } = lambda.logging;
  const stream = logStreamName(clock.now());
  const writeAt = (timestamp: number, message: string): void => logs.write({ group, stream, timestamp, message });
  const records = platformRecords(lambda);
  const most = Math.max(1, lambda.reservedConcurrency ?? Number.POSITIVE_INFINITY);
  const pool = new WorkerPool({
    ...workerOptions(lambda, code, stream, parts),
    limits: {
      ...limits,
      eagerWorkers: Math.min(limits.eagerWorkers, most),
      maxWorkers: Math.min(limits.maxWorkers, most),
    },
    onStart(requestId) {
      const now = clock.now();
      for (const line of records.start(requestId, now)) writeAt(now, line);
    },
    onEnd(requestId, outcome) {
      const now = clock.now();
      const report = { ...outcome, errorType: outcome.error?.errorType };
      for (const line of records.end(requestId, now, report)) writeAt(now, line);
    },
    onLog: writeAt,
  });
  return {
    lambda,
    fingerprint: code.fingerprint,
    async invoke(asked) {
      const { requestId } = asked;
      const outcome = await pool.run(asked);
      if (outcome.status === "success") return { kind: "success", requestId, payload: outcome.payload };
      const { errorType = "Unhandled", errorMessage = "", trace = [] } = outcome.error ?? {};
      return { kind: "function-error", requestId, errorType, errorMessage, trace };
    },
    write: (message) => writeAt(clock.now(), message),
    warm: () => pool.warm(),
    retire: () => pool.retire(),
    close: () => pool.close(),
  };
}

function workerOptions(
  lambda: LambdaFunction,
  { directory, copyOf }: PreparedCode,
  logStream: string,
  { region, credentials, endpoints, gateway, clock, chaos }: FunctionParts,
): Pick<ConstructorParameters<typeof WorkerPool>[0], "settings" | "environment" | "timeoutMs" | "clock"> {
  const key = lambda.role && credentials.issue({ role: lambda.role, functionName: lambda.name });
  return {
    settings: () => ({
      codeDirectory: directory,
      copyOf,
      missingLayers: lambda.missingLayers ?? [],
      handler: lambda.handler,
      runtimeMajor: runtimeMajor(lambda.runtime),
      functionName: lambda.name,
      functionArn: lambda.arn,
      memoryMb: lambda.memoryMb,
      logGroup: lambda.logging.group,
      logStream,
      logFormat: lambda.logging.format,
      applicationLevel: lambda.logging.applicationLevel ?? "INFO",
      gateway,
      clockSkewMs: chaos.strike("clock-skew")?.ms ?? 0,
    }),
    environment: functionEnvironment({ lambda, directory, region, logStream, key, endpoints }),
    timeoutMs: lambda.timeoutSeconds * 1000,
    clock,
  };
}

/** `2026/11/20/[$LATEST]0f3c...`: on AWS one per execution environment, here one per function and start. */
function logStreamName(now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[$LATEST]${randomUUID().replaceAll("-", "")}`;
}
