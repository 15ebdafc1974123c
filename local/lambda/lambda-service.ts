// Lambda for the functions of a stack: synchronous and asynchronous invocations, concurrency limits, and reload.
import { randomUUID } from "node:crypto";
import { availableParallelism, totalmem } from "node:os";
import { Chaos } from "#local/chaos/chaos.ts";
import { systemClock } from "#local/clock.ts";
import type { LambdaFunction } from "#local/stack.ts";
import { AsyncInvocations, type AsyncLimits, defaultAsyncLimits } from "./async-invocations.ts";
import type { InvokeResult, Invoker } from "./invoker.ts";
import { offerRuntimePackages } from "./runtime-packages.ts";
import { type FunctionParts, prepareCode, type ServedFunction, serveFunction } from "./served-function.ts";
import type { PoolLimits } from "./worker-pool.ts";

export interface LambdaOptions
  extends Pick<FunctionParts, "region" | "credentials" | "logs" | "codeDirectory">,
    Partial<Pick<FunctionParts, "endpoints" | "gateway" | "clock" | "chaos">> {
  readonly functions: readonly LambdaFunction[];
  readonly limits?: Partial<LambdaLimits>;
}

export interface LambdaLimits extends PoolLimits, AsyncLimits {
  /** Invocations of all functions at the same time (aws facts §10.2). */
  readonly accountConcurrency: number;
}

export interface LambdaService extends Invoker {
  /** As of now. */
  find(functionName: string): LambdaFunction | undefined;
  /** Queues an event; `full`: it is dropped. */
  invokeLater(
    functionName: string,
    payload: string,
    qualifier?: string,
  ): { readonly requestId: string; readonly queued: boolean };
  /** Takes the functions and the stack's domains as they are now; what changed starts afresh. The result names these functions. */
  replace(functions: readonly LambdaFunction[], domains: readonly string[]): Promise<string[]>;
  /** Starts one worker per function, so that the first handshake does not pay for it; the `urgent` ones first, with all cores for them. */
  warm(urgent?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function startLambda(options: LambdaOptions): Promise<LambdaService> {
  await offerRuntimePackages(options.codeDirectory);
  const service = new Service(options);
  await service.replace(options.functions, options.gateway?.domains ?? []);
  return service;
}

class Service implements LambdaService {
  #parts: FunctionParts;
  readonly #limits: LambdaLimits;
  readonly #functions = new Map<string, ServedFunction>();
  /** Of the account and by function, which outlives a reload. */
  readonly #running = new Map<string, number>();
  readonly #retiring = new Set<Promise<void>>();
  readonly #later: AsyncInvocations;
  #runningOfAll = 0;

  constructor(options: LambdaOptions) {
    const { region, credentials, logs, codeDirectory, gateway, endpoints = {}, clock = systemClock } = options;
    const { chaos = new Chaos() } = options;
    this.#limits = { ...defaultLimits(), ...options.limits };
    this.#parts = {
      ...{ region, credentials, logs, codeDirectory, gateway, endpoints, clock, chaos },
      limits: this.#limits,
    };
    this.#later = new AsyncInvocations({
      clock,
      limits: this.#limits,
      find: (name) => this.#functions.get(name),
      invoke: ({ functionName, payload, qualifier, requestId }) =>
        this.invoke(functionName, payload, qualifier, requestId),
    });
  }

  async invoke(
    functionName: string,
    payload: string,
    qualifier?: string,
    requestId: string = randomUUID(),
  ): Promise<InvokeResult> {
    const served = this.#functions.get(functionName);
    if (!served) {
      const errorMessage = `Function not found: ${functionName}`;
      return { kind: "function-error", requestId, errorType: "ResourceNotFoundException", errorMessage };
    }
    const running = this.#running.get(functionName) ?? 0;
    if (
      running >= (served.lambda.reservedConcurrency ?? Number.POSITIVE_INFINITY) ||
      this.#parts.chaos.strike("lambda-throttle")
    ) {
      return { kind: "throttled", requestId, reason: "ReservedFunctionConcurrentInvocationLimitExceeded" };
    }
    if (this.#runningOfAll >= this.#limits.accountConcurrency) {
      return { kind: "throttled", requestId, reason: "ConcurrentInvocationLimitExceeded" };
    }
    this.#count(functionName, 1);
    try {
      return await served.invoke({ requestId, payload, qualifier });
    } finally {
      this.#count(functionName, -1);
    }
  }

  #count(functionName: string, change: 1 | -1): void {
    this.#runningOfAll += change;
    this.#running.set(functionName, (this.#running.get(functionName) ?? 0) + change);
  }

  find(functionName: string): LambdaFunction | undefined {
    return this.#functions.get(functionName)?.lambda;
  }

  invokeLater(
    functionName: string,
    payload: string,
    qualifier?: string,
  ): { readonly requestId: string; readonly queued: boolean } {
    const requestId = randomUUID();
    return { requestId, queued: this.#later.submit({ functionName, payload, qualifier, requestId }) };
  }

  async replace(functions: readonly LambdaFunction[], domains: readonly string[]): Promise<string[]> {
    // All code is looked at before anything changes: one that cannot be read leaves all as it is.
    const prepared = await Promise.all(
      functions.map(async (lambda) => ({ lambda, code: await prepareCode(lambda, this.#parts) })),
    );
    const { gateway } = this.#parts;
    // What is running knows only those of its start.
    const sameDomains = (gateway?.domains ?? []).join() === domains.join();
    if (gateway && !sameDomains) this.#parts = { ...this.#parts, gateway: { ...gateway, domains } };
    const changed = prepared.filter(
      ({ lambda, code }) => !sameDomains || this.#functions.get(lambda.name)?.fingerprint !== code.fingerprint,
    );
    const kept = new Set(functions.map(({ name }) => name));
    const removed = [...this.#functions.keys()].filter((name) => !kept.has(name));
    for (const name of removed) this.#retire(name);
    for (const { lambda, code } of changed) {
      const isReload = this.#functions.has(lambda.name);
      this.#retire(lambda.name);
      const served = serveFunction(lambda, code, this.#parts);
      this.#functions.set(lambda.name, served);
      if (isReload) void served.warm();
    }
    return [...removed, ...changed.map(({ lambda }) => lambda.name)];
  }

  #retire(name: string): void {
    const served = this.#functions.get(name);
    this.#functions.delete(name);
    if (!served) return;
    const retired = served.retire().finally(() => this.#retiring.delete(retired));
    this.#retiring.add(retired);
  }

  async warm(urgent: readonly string[] = []): Promise<void> {
    const warm = async (names: readonly string[]): Promise<void> => {
      await Promise.all(names.map((name) => this.#functions.get(name)?.warm()));
    };
    await warm(urgent);
    await warm([...this.#functions.keys()].filter((name) => !urgent.includes(name)));
  }

  async close(): Promise<void> {
    this.#later.close();
    await Promise.all([...[...this.#functions.values()].map((served) => served.close()), ...this.#retiring]);
  }
}

/** Of a worker with an SDK in it. */
const WORKER_BYTES = 16 * 1024 * 1024;

function defaultLimits(): LambdaLimits {
  // The other half is the gateway's and the clients'. A worker more is a heap more, and optimises the same code once more.
  const eagerWorkers = Math.max(2, Math.floor(availableParallelism() / 2));
  const accountConcurrency = 1000;
  // As many as fit into a quarter of the machine's memory: those that wait for one another, as a function for itself, all have to run.
  const maxWorkers = Math.min(
    accountConcurrency,
    Math.max(eagerWorkers * 8, Math.floor(totalmem() / 4 / WORKER_BYTES)),
  );
  return { eagerWorkers, maxWorkers, growAfterMs: 20, idleMs: 30_000, accountConcurrency, ...defaultAsyncLimits };
}
