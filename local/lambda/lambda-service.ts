// Lambda for the functions of a stack: Invoke, concurrency limits, and what it writes to the log groups.
import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { type Clock, systemClock } from "#local/clock.ts";
import type { Credentials } from "#local/iam/credentials.ts";
import type { LogStore } from "#local/logs/log-store.ts";
import type { LambdaFunction } from "#local/stack.ts";
import { functionEnvironment, type LocalEndpoints } from "./function-environment.ts";
import type { InvokeResult, Invoker } from "./invoker.ts";
import { type PlatformRecords, platformRecords } from "./platform-records.ts";
import { runtimeMajor } from "./runtime-problems.ts";
import { unpackCode } from "./unpack-code.ts";
import { type PoolLimits, type PoolOutcome, WorkerPool } from "./worker-pool.ts";
import type { GatewayAddress } from "./worker-protocol.ts";

export interface LambdaOptions {
  readonly functions: readonly LambdaFunction[];
  readonly region: string;
  readonly credentials: Credentials;
  readonly logs: LogStore;
  /** Where zips are unpacked. */
  readonly codeDirectory: string;
  readonly endpoints?: LocalEndpoints;
  readonly gateway?: GatewayAddress;
  readonly clock?: Clock;
  readonly limits?: Partial<LambdaLimits>;
}

export interface LambdaLimits extends PoolLimits {
  /** Invocations of all functions at the same time (aws facts §10.2). */
  readonly accountConcurrency: number;
}

export interface LambdaService extends Invoker {
  /** Starts one worker per function, so that the first handshake does not pay for it. */
  warm(): void;
  close(): Promise<void>;
}

interface ServedFunction {
  readonly pool: WorkerPool;
  readonly reservedConcurrency: number;
  readonly records: PlatformRecords;
  readonly write: (timestamp: number, line: string) => void;
  running: number;
}

export async function startLambda(options: LambdaOptions): Promise<LambdaService> {
  const clock = options.clock ?? systemClock;
  const limits = { ...defaultLimits(), ...options.limits };
  const functions = new Map<string, ServedFunction>();
  for (const lambda of options.functions) functions.set(lambda.name, await serve(lambda, options, clock, limits));
  let running = 0;

  async function invoke(functionName: string, payload: string): Promise<InvokeResult> {
    const requestId = randomUUID();
    const served = functions.get(functionName);
    if (!served) return functionError(requestId, "ResourceNotFoundException", `Function not found: ${functionName}`);
    if (served.running >= served.reservedConcurrency) {
      return { kind: "throttled", requestId, reason: "ReservedFunctionConcurrentInvocationLimitExceeded" };
    }
    if (running >= limits.accountConcurrency) {
      return { kind: "throttled", requestId, reason: "ConcurrentInvocationLimitExceeded" };
    }
    running++;
    served.running++;
    const outcome = await served.pool.run(requestId, payload);
    running--;
    served.running--;
    report(served, requestId, outcome, clock.now());
    if (outcome.status === "success") return { kind: "success", requestId, payload: outcome.payload };
    const { errorType = "Unhandled", errorMessage = "" } = outcome.error ?? {};
    return functionError(requestId, errorType, errorMessage);
  }

  return {
    invoke,
    warm() {
      for (const { pool } of functions.values()) pool.warm();
    },
    async close() {
      await Promise.all([...functions.values()].map(({ pool }) => pool.close()));
    },
  };
}

function defaultLimits(): LambdaLimits {
  const eagerWorkers = Math.max(2, availableParallelism());
  return { eagerWorkers, maxWorkers: eagerWorkers * 8, growAfterMs: 20, idleMs: 30_000, accountConcurrency: 1000 };
}

async function serve(
  lambda: LambdaFunction,
  { region, credentials, logs, codeDirectory, endpoints = {}, gateway }: LambdaOptions,
  clock: Clock,
  limits: LambdaLimits,
): Promise<ServedFunction> {
  const { group, format, applicationLevel = "INFO" } = lambda.logging;
  const stream = logStreamName(clock.now());
  const write = (timestamp: number, message: string): void => logs.write({ group, stream, timestamp, message });
  const key = lambda.role && credentials.issue({ role: lambda.role, functionName: lambda.name });
  const records = platformRecords(lambda);
  const reservedConcurrency = lambda.reservedConcurrency ?? Number.POSITIVE_INFINITY;
  const most = Math.max(1, reservedConcurrency);
  const pool = new WorkerPool({
    settings: {
      codeDirectory: await unpackCode(lambda.code, codeDirectory),
      handler: lambda.handler,
      runtimeMajor: runtimeMajor(lambda.runtime),
      functionName: lambda.name,
      functionArn: lambda.arn,
      memoryMb: lambda.memoryMb,
      logGroup: group,
      logStream: stream,
      logFormat: format,
      applicationLevel,
      gateway,
    },
    environment: functionEnvironment(lambda, region, stream, key, endpoints),
    timeoutMs: lambda.timeoutSeconds * 1000,
    limits: {
      ...limits,
      eagerWorkers: Math.min(limits.eagerWorkers, most),
      maxWorkers: Math.min(limits.maxWorkers, most),
    },
    clock,
    onStart(requestId) {
      const now = clock.now();
      for (const line of records.start(requestId, now)) write(now, line);
    },
    onLog: write,
  });
  return { pool, reservedConcurrency, records, write, running: 0 };
}

function report({ records, write }: ServedFunction, requestId: string, outcome: PoolOutcome, now: number): void {
  for (const line of records.end(requestId, now, { ...outcome, errorType: outcome.error?.errorType })) write(now, line);
}

function functionError(requestId: string, errorType: string, errorMessage: string): InvokeResult {
  return { kind: "function-error", requestId, errorType, errorMessage };
}

/** `2026/11/20/[$LATEST]0f3c...`: on AWS one per execution environment, here one per function and start. */
function logStreamName(now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[$LATEST]${randomUUID().replaceAll("-", "")}`;
}
