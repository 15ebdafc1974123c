// The execution environments of one function: reused, grown when invocations wait, shrunk when they are idle.
import { performance } from "node:perf_hooks";
import type { Clock } from "#local/clock.ts";
import {
  FunctionWorker,
  type Handed,
  type Invocation,
  type WorkerEvents,
  type WorkerOptions,
  type WorkerOutcome,
} from "./function-worker.ts";
import { measureIdleCores } from "./idle-cores.ts";
import { Pace } from "./pace.ts";
import type { FunctionError } from "./worker-protocol.ts";

export interface PoolLimits {
  /** Workers that are started as soon as invocations would have to wait: more would only share the same cores. */
  readonly eagerWorkers: number;
  /** Workers at most; beyond the eager ones each is started after an invocation has waited `growAfterMs`. */
  readonly maxWorkers: number;
  readonly growAfterMs: number;
  /** A worker that was idle for so long is stopped; one stays, warm. */
  readonly idleMs: number;
}

export interface PoolOptions extends Omit<WorkerOptions, "events" | "settings"> {
  /** Made for each worker. */
  settings(): WorkerOptions["settings"];
  readonly limits: PoolLimits;
  readonly clock: Clock;
  /** Right before the event is handed to a worker. */
  onStart(requestId: string): void;
  /** Before anything else begins. */
  onEnd(requestId: string, outcome: WorkerOutcome): void;
  onLog(timestamp: number, line: string): void;
}

export type Asked = Pick<Invocation, "requestId" | "payload" | "qualifier">;

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers = new Set<FunctionWorker>();
  /** The last used is reused first: it is the warmest, and the others may grow old. */
  readonly #idle: FunctionWorker[] = [];
  readonly #waiting: Invocation[] = [];
  readonly #events: WorkerEvents;
  readonly #pace = new Pace();
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
      onReady: (worker) => this.#onReady(worker),
      onStart: options.onStart,
      onDone: (worker, { durationMs }) => {
        this.#pace.saw(durationMs);
        this.#occupy(worker);
      },
      onTakenBack: (invocations) => this.#waiting.unshift(...invocations),
      onGone: (worker, initError) => this.#onGone(worker, initError),
      onLog: options.onLog,
    };
  }

  /** How many threads there are now. */
  get size(): number {
    return this.#workers.size;
  }

  run(asked: Asked): Promise<WorkerOutcome> {
    return new Promise((settle) => {
      this.#waiting.push({
        ...asked,
        since: this.#options.clock.now(),
        settle: (outcome) => {
          this.#options.onEnd(asked.requestId, outcome);
          settle(outcome);
        },
      });
      this.#serve();
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

  /** What waits goes to a worker that is idle, to one that is started for it, or to one that is busy, as its next. */
  #serve(): void {
    if (this.#closed) return;
    while (this.#waiting.length > 0) {
      const idle = this.#idle.pop();
      if (!idle) break;
      this.#occupy(idle);
    }
    if (this.#waiting.length === 0) return;
    if (this.#workers.size < this.#options.limits.eagerWorkers && this.#isWorthAStart()) this.#add();
    else this.#growLater();
    const least = this.#leastLoaded();
    if (least) this.#occupy(least);
  }

  /** Whether the last one in the queue would wait for so long that a worker more is worth its start and its memory. */
  #isWorthAStart(): boolean {
    const { size } = this.#workers;
    let queued = this.#waiting.length;
    for (const { load } of this.#workers) queued += load;
    // Those before it, of which the first is half done.
    const before = queued - 1.5;
    return size === 0 || (before / size) * this.#pace.meanMs > this.#options.limits.growAfterMs / 2;
  }

  /** Of those that are busy, and not stuck. */
  #leastLoaded(): FunctionWorker | undefined {
    const since = this.#options.clock.now() - this.#options.limits.growAfterMs;
    let least: FunctionWorker | undefined;
    for (const worker of this.#workers) {
      if (worker.load > 0 && worker.startedAt >= since && worker.load < (least?.load ?? Infinity)) least = worker;
    }
    return least;
  }

  /** Hands a worker what it is to run, and what after that. */
  #occupy(worker: FunctionWorker): void {
    // What is started now is for what waits.
    const most = this.#starting > 0 ? 1 : 1 + this.#pace.ahead;
    while (worker.load < most) {
      const next = this.#nextFor(worker);
      if (!next) break;
      worker.hand(next);
    }
    if (worker.load > 0) return;
    if (this.#onEmpty) void worker.stop();
    else this.#idle.push(worker);
    this.#shrinkLater();
  }

  /** Also what another worker was handed and does not come to. */
  #nextFor(worker: FunctionWorker): Invocation | undefined {
    const late = this.#options.clock.now() - this.#options.limits.growAfterMs;
    const oldest = this.#oldestHanded();
    if (oldest && oldest.worker !== worker && oldest.handedAt < late) {
      const taken = oldest.worker.takeBack();
      if (taken) return taken;
    }
    return this.#waiting.shift() ?? (worker.load === 0 ? oldest?.worker.takeBack() : undefined);
  }

  /** Of the workers, the one that has been handed what waits for the longest. */
  #oldestHanded(): (Handed & { readonly worker: FunctionWorker }) | undefined {
    let oldest: (Handed & { readonly worker: FunctionWorker }) | undefined;
    for (const worker of this.#workers) {
      const { next } = worker;
      if (next && (!oldest || next.invocation.since < oldest.invocation.since)) oldest = { ...next, worker };
    }
    return oldest;
  }

  #add(): void {
    if (this.#closed) return;
    this.#starting++;
    this.#workers.add(
      new FunctionWorker({ ...this.#options, settings: this.#options.settings(), events: this.#events }),
    );
  }

  #onReady(worker: FunctionWorker): void {
    this.#starting--;
    this.#onWarm?.();
    this.#occupy(worker);
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
    if (this.#waiting.length > this.#starting) this.#serve();
    this.#endIfEmpty();
  }

  /**
   * An invocation that has waited means that all workers are busy. If they wait themselves, for a table or a socket, another one
   * helps at once. If they compute, or wait for a gateway that does, or for a core of a machine that has none to spare, it would only
   * share their cores: it comes when they seem to be stuck.
   */
  #growLater(checks = 0): void {
    const { clock, limits } = this.#options;
    if (this.#closed || this.#cancelGrowth || this.#workers.size >= limits.maxWorkers) return;
    const first = this.#first();
    const gateway = performance.eventLoopUtilization();
    const idleCores = measureIdleCores();
    for (const worker of this.#workers) worker.measure();
    this.#cancelGrowth = clock.setTimer(limits.growAfterMs, () => {
      this.#cancelGrowth = undefined;
      if (!this.#first()) return;
      // The one that was first is first still: every worker was busy all the time.
      const stuck = this.#first() === first && this.#starting === 0;
      const gatewayWaits = performance.eventLoopUtilization(gateway).utilization < computing;
      const idle = stuck && gatewayWaits && this.#someWait() && idleCores() > spare;
      const isNeeded = idle || (stuck && checks >= checksOfBusyWorkers);
      if (isNeeded) this.#add();
      this.#growLater(stuck && !isNeeded ? checks + 1 : 0);
    });
  }

  /** Of those that have not begun. */
  #first(): Invocation | undefined {
    const [waiting] = this.#waiting;
    const handed = this.#oldestHanded()?.invocation;
    return waiting && (!handed || waiting.since < handed.since) ? waiting : handed;
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

function failure(error: FunctionError): WorkerOutcome {
  return { status: "error", payload: "", durationMs: 0, memoryMb: 0, error };
}
