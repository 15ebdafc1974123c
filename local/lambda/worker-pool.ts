// The execution environments of one function: reused, grown when invocations wait, shrunk when they are idle.
import { performance } from "node:perf_hooks";
import type { Clock } from "#local/clock.ts";
import { FunctionWorker, type WorkerEvents, type WorkerOptions, type WorkerOutcome } from "./function-worker.ts";
import { measureIdleCores } from "./idle-cores.ts";
import type { FunctionError, WorkerSettings } from "./worker-protocol.ts";

export interface PoolLimits {
  /** Workers that are started as soon as an invocation finds none free: more would only share the same cores. */
  readonly eagerWorkers: number;
  /** Workers at most; beyond the eager ones each is started after an invocation has waited `growAfterMs`. */
  readonly maxWorkers: number;
  readonly growAfterMs: number;
  /** A worker that was idle for so long is stopped; one stays, warm. */
  readonly idleMs: number;
}

interface Waiting {
  readonly requestId: string;
  readonly payload: string;
  readonly settle: (outcome: PoolOutcome) => void;
}

export interface PoolOutcome extends WorkerOutcome {
  readonly initMs: number | undefined;
}

export interface PoolOptions extends Omit<WorkerOptions, "events" | "settings"> {
  /** Made for each worker. */
  settings(): WorkerSettings;
  readonly limits: PoolLimits;
  readonly clock: Clock;
  /** Right before the event is handed to a worker. */
  onStart(requestId: string): void;
  onLog(timestamp: number, line: string): void;
}

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers = new Set<FunctionWorker>();
  /** The last used is reused first: it is the warmest, and the others may grow old. */
  readonly #idle: FunctionWorker[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #events: WorkerEvents;
  #starting = 0;
  #cancelGrowth: (() => void) | undefined;
  #cancelShrink: (() => void) | undefined;
  #closed = false;
  #onWarm: (() => void) | undefined;
  /** Set when it is retired. */
  #onEmpty: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#events = {
      onIdle: (worker) => this.#onIdle(worker),
      onGone: (worker, initError) => this.#onGone(worker, initError),
      onLog: options.onLog,
    };
  }

  /** How many threads there are now. */
  get size(): number {
    return this.#workers.size;
  }

  run(requestId: string, payload: string): Promise<PoolOutcome> {
    return new Promise((settle) => {
      const invocation = { requestId, payload, settle };
      const worker = this.#idle.pop();
      if (worker) return this.#start(worker, invocation);
      this.#waiting.push(invocation);
      if (this.#workers.size < this.#options.limits.eagerWorkers) this.#add();
      else this.#growLater();
    });
  }

  /** Starts a first worker before it is needed; settles when it is ready, or will never be. */
  warm(): Promise<void> {
    if (this.#workers.size > 0 || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onWarm = resolve;
      this.#add();
    });
  }

  /** Lets what runs and waits come to its end; settles when no worker is left. */
  retire(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      for (const worker of [...this.#idle]) void worker.stop();
      this.#endIfEmpty();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelGrowth?.();
    this.#cancelShrink?.();
    const stopped = [...this.#workers].map((worker) => worker.stop());
    for (const { settle } of this.#waiting.splice(0)) settle(failure(stopping));
    await Promise.all(stopped);
    this.#endIfEmpty();
  }

  #start(worker: FunctionWorker, { requestId, payload, settle }: Waiting): void {
    const { clock, timeoutMs, onStart } = this.#options;
    onStart(requestId);
    const initMs = worker.initMs;
    worker.initMs = undefined;
    const deadline = clock.now() + timeoutMs;
    void worker.run({ requestId, payload, deadline }).then((outcome) => settle({ ...outcome, initMs }));
  }

  #add(): void {
    if (this.#closed) return;
    this.#starting++;
    this.#workers.add(
      new FunctionWorker({ ...this.#options, settings: this.#options.settings(), events: this.#events }),
    );
  }

  #onIdle(worker: FunctionWorker): void {
    if (worker.initMs !== undefined) this.#starting--;
    this.#onWarm?.();
    const next = this.#waiting.shift();
    if (next) this.#start(worker, next);
    else if (this.#onEmpty) void worker.stop();
    else this.#idle.push(worker);
    this.#shrinkLater();
  }

  #endIfEmpty(): void {
    if (this.#onEmpty && this.#workers.size === 0 && this.#waiting.length === 0) this.#onEmpty();
  }

  #onGone(worker: FunctionWorker, initError: FunctionError | undefined): void {
    this.#workers.delete(worker);
    this.#onWarm?.();
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    // The invocation for which it was started learns why; the next one tries again, as on Lambda.
    if (initError) {
      this.#starting--;
      this.#waiting.shift()?.settle(failure(initError));
    }
    if (this.#waiting.length > this.#starting && this.#workers.size < this.#options.limits.eagerWorkers) this.#add();
    this.#endIfEmpty();
  }

  /**
   * An invocation that has waited means that all workers are busy. If they wait themselves, for a table or a socket, another one
   * helps at once. If they compute, or wait for a gateway that does, or for a core of a machine that has none to spare, it would only
   * share their cores: it comes when they seem to be stuck.
   */
  #growLater(checks = 0): void {
    const { clock, limits } = this.#options;
    if (this.#cancelGrowth || this.#workers.size >= limits.maxWorkers) return;
    const first = this.#waiting[0];
    const gateway = performance.eventLoopUtilization();
    const idleCores = measureIdleCores();
    for (const worker of this.#workers) worker.measure();
    this.#cancelGrowth = clock.setTimer(limits.growAfterMs, () => {
      this.#cancelGrowth = undefined;
      if (this.#waiting.length === 0) return;
      // The one that was first is first still: every worker was busy all the time.
      const stuck = this.#waiting[0] === first && this.#starting === 0;
      const gatewayWaits = performance.eventLoopUtilization(gateway).utilization < computing;
      const idle = stuck && gatewayWaits && this.#someWait() && idleCores() > spare;
      const isNeeded = idle || (stuck && checks >= checksOfBusyWorkers);
      if (isNeeded) this.#add();
      this.#growLater(stuck && !isNeeded ? checks + 1 : 0);
    });
  }

  #someWait(): boolean {
    return [...this.#workers].some((worker) => worker.utilization() < computing);
  }

  #shrinkLater(): void {
    const { clock, limits } = this.#options;
    if (this.#cancelShrink || this.#closed || this.#workers.size <= 1) return;
    this.#cancelShrink = clock.setTimer(limits.idleMs, () => {
      this.#cancelShrink = undefined;
      const oldest = clock.now() - limits.idleMs;
      for (const worker of this.#idle.filter(({ lastUsed }) => lastUsed <= oldest)) {
        if (this.#workers.size > 1) void worker.stop();
      }
      this.#shrinkLater();
    });
  }
}

/** What a thread that computes has of its event loop's time, at least. */
const computing = 0.7;
/** What a machine that has a core to spare has of its cores' time, at least. */
const spare = 0.2;
/** After so many times `growAfterMs`, workers that compute count as stuck. */
const checksOfBusyWorkers = 10;

const stopping: FunctionError = {
  errorType: "Runtime.ExitError",
  errorMessage: "The local stack is being stopped",
  trace: [],
};

function failure(error: FunctionError): PoolOutcome {
  return { status: "error", payload: "", durationMs: 0, memoryMb: 0, initMs: undefined, error };
}
