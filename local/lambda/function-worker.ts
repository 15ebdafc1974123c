// One worker thread = one Lambda execution environment: it initialises once, then runs one invocation at a time. It may be handed more
// than one, so that it need not wait for the main thread between two.
import { type EventLoopUtilization, performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import type { Clock } from "#local/clock.ts";
import { Offers } from "./offers.ts";
import { isLogged } from "./raw-lines.ts";
import { readLines } from "./read-lines.ts";
import type { FunctionError, WorkerMessage, WorkerSettings } from "./worker-protocol.ts";

export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** Alias or version. */
  readonly qualifier?: string | undefined;
  readonly settle: (outcome: WorkerOutcome) => void;
  /** When it was asked for, in milliseconds since the epoch. */
  readonly since: number;
}

export interface WorkerOutcome {
  readonly status: "success" | "error" | "timeout";
  readonly durationMs: number;
  readonly memoryMb: number;
  /** Of a success. */
  readonly payload: string;
  /** Of all others. */
  readonly error?: FunctionError;
  /** Of an invocation that was the worker's first. */
  readonly initMs?: number | undefined;
}

export interface WorkerEvents {
  /** It has initialised. */
  onReady(worker: FunctionWorker): void;
  /** Right before an invocation runs. */
  onStart(requestId: string): void;
  /** After each invocation. */
  onDone(worker: FunctionWorker, outcome: WorkerOutcome): void;
  /** What it was handed and has not begun, oldest first: another one is to run it. */
  onTakenBack(invocations: readonly Invocation[]): void;
  /** It will run nothing more. `initError` says that it never ran anything. */
  onGone(worker: FunctionWorker, initError: FunctionError | undefined): void;
  onLog(timestamp: number, line: string): void;
}

export interface WorkerOptions {
  readonly settings: Omit<WorkerSettings, "bornAt" | "offers" | "timeoutMs">;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly events: WorkerEvents;
}

/** Initialisation has ten seconds on Lambda. */
const initTimeoutMs = 10_000;
/** Node.js's own is several times as much, per thread; a message's short-lived objects fit in here as well. */
const maxYoungGenerationSizeMb = 12;
const bootstrap = new URL("./runtime/bootstrap.mjs", import.meta.url);

/** What a worker is to run, or is running. */
export interface Handed {
  readonly invocation: Invocation;
  readonly slot: number;
  readonly handedAt: number;
}

export class FunctionWorker {
  lastUsed: number;
  /** When the one that runs was begun. */
  startedAt = 0;
  readonly #options: WorkerOptions;
  readonly #thread: Worker;
  readonly #exited: Promise<void>;
  readonly #offers = new Offers();
  /** The first one runs. */
  readonly #handed: Handed[] = [];
  #state: "starting" | "ready" | "gone" = "starting";
  #initMs: number | undefined;
  #cancelTimer: () => void;
  #requestId = "";
  #measured: EventLoopUtilization | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.lastUsed = options.clock.now();
    this.#thread = new Worker(bootstrap, {
      workerData: {
        ...options.settings,
        timeoutMs: options.timeoutMs,
        offers: this.#offers.slots,
        bornAt: performance.timeOrigin + performance.now(),
      },
      env: { ...options.environment },
      // Without the parent's options: no loader, no inspector in a function.
      execArgv: runtimeFlags(options.settings.runtimeMajor),
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: options.settings.memoryMb, maxYoungGenerationSizeMb },
    });
    this.#exited = new Promise((resolve) => this.#thread.once("exit", () => resolve()));
    this.#cancelTimer = options.clock.setTimer(initTimeoutMs, () => this.#initTimedOut());
    this.#thread.on("message", (message: WorkerMessage) => this.#onMessage(message));
    this.#thread.on("error", (error: Error & { code?: string }) => this.#onError(error));
    this.#thread.on("exit", (code) => this.#died(exitError(code)));
    // Lines written past the console belong to the log group too, as they are.
    for (const stream of [this.#thread.stdout, this.#thread.stderr]) {
      readLines(stream, (line) => {
        if (isLogged(line, options.settings)) options.events.onLog(Date.now(), line);
      });
    }
  }

  /** The invocation that runs, and those that are to come after it. */
  get load(): number {
    return this.#handed.length;
  }

  /** What is to run after the one that runs. */
  get next(): Handed | undefined {
    return this.#handed[1];
  }

  hand(invocation: Invocation): void {
    const slot = this.#offers.open();
    const { requestId, payload, qualifier } = invocation;
    const handedAt = this.#options.clock.now();
    this.#handed.push({ invocation, slot, handedAt });
    if (this.#handed.length === 1) this.#begin(requestId);
    this.#thread.postMessage({ kind: "invoke", requestId, payload, qualifier, slot });
  }

  /** Takes back the first one that has not begun. */
  takeBack(): Invocation | undefined {
    for (let at = 1; at < this.#handed.length; at++) {
      const handed = this.#handed[at];
      if (!handed || !this.#offers.withdraw(handed.slot)) continue;
      this.#handed.splice(at, 1);
      return handed.invocation;
    }
    return undefined;
  }

  /** From now on utilization() counts. */
  measure(): void {
    this.#measured = this.#thread.performance.eventLoopUtilization();
  }

  /** How much of its time it was computing, from 0 to 1; the rest it waited. */
  utilization(): number {
    return this.#thread.performance.eventLoopUtilization(this.#measured).utilization;
  }

  async stop(): Promise<void> {
    this.#gone({ errorType: "Runtime.ExitError", errorMessage: "The local stack is being stopped", trace: [] });
    await this.#exited;
  }

  #onMessage(message: WorkerMessage): void {
    // What a terminated worker still had under way is not wanted any more; its log lines are.
    if (message.kind !== "log" && this.#state === "gone") return;
    switch (message.kind) {
      case "ready":
        this.#cancelTimer();
        this.#state = "ready";
        this.#initMs = message.initMs;
        this.lastUsed = this.#options.clock.now();
        this.#options.events.onReady(this);
        break;
      case "init-error":
        this.#gone(message);
        break;
      case "result":
        this.#finish({ status: "success", ...message });
        break;
      case "error": {
        const { durationMs, memoryMb } = message;
        // before the one that failed is done with: what comes after it has not begun
        if (message.fatal) this.#takeAllBack();
        this.#finish({ status: "error", payload: "", durationMs, memoryMb, error: message }, message.fatal);
        if (message.fatal) this.#gone(message);
        break;
      }
      case "log":
        this.#options.events.onLog(message.timestamp, message.line);
    }
  }

  #begin(requestId: string): void {
    const { clock, timeoutMs, events } = this.#options;
    this.startedAt = clock.now();
    this.#requestId = requestId;
    this.#cancelTimer = clock.setTimer(timeoutMs, () => this.#timedOut());
    events.onStart(requestId);
  }

  /** Of the first one; `last`: the others will not be run. */
  #finish(outcome: WorkerOutcome, last = false): void {
    this.#cancelTimer();
    const done = this.#handed.shift();
    if (!done) return;
    this.#offers.close(done.slot);
    done.invocation.settle(this.#initMs === undefined ? outcome : { ...outcome, initMs: this.#initMs });
    this.#initMs = undefined;
    if (last) return;
    this.lastUsed = this.#options.clock.now();
    const [next] = this.#handed;
    if (next) this.#begin(next.invocation.requestId);
    this.#options.events.onDone(this, outcome);
  }

  #timedOut(): void {
    this.#takeAllBack();
    // It has gone on to another one: the answer is there, and about to be read.
    if (this.#handed.length > 1) return;
    const { timeoutMs, settings } = this.#options;
    const seconds = (timeoutMs / 1000).toFixed(2);
    const errorMessage = `RequestId: ${this.#requestId} Error: Task timed out after ${seconds} seconds`;
    const error = { errorType: "Sandbox.Timedout", errorMessage, trace: [] };
    const { memoryMb } = settings;
    this.#finish({ status: "timeout", payload: "", durationMs: timeoutMs, memoryMb, error }, true);
    this.#gone(error);
  }

  #takeAllBack(): void {
    const taken: Invocation[] = [];
    for (let one = this.takeBack(); one; one = this.takeBack()) taken.push(one);
    if (taken.length > 0) this.#options.events.onTakenBack(taken);
  }

  #initTimedOut(): void {
    const errorMessage = `Initialisation timed out after ${(initTimeoutMs / 1000).toFixed(2)} seconds`;
    this.#died({ errorType: "Sandbox.Timedout", errorMessage, trace: [] });
  }

  #onError(error: Error & { code?: string }): void {
    const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    const errorMessage = outOfMemory
      ? `Runtime exited with error: signal: killed (the heap was larger than the function's ${this.#options.settings.memoryMb} MB)`
      : error.message;
    this.#died({ errorType: outOfMemory ? "Runtime.ExitError" : error.name, errorMessage, trace: [] });
  }

  /** The runtime inside can no longer write why; what it reported itself, it has written. */
  #died(error: FunctionError): void {
    if (this.#state === "gone") return;
    const line = `RequestId: ${this.#requestId} Error: ${error.errorMessage}\n${error.errorType}`;
    this.#options.events.onLog(this.#options.clock.now(), line);
    this.#gone(error);
  }

  /** Ends the thread, and answers for the invocation it had. */
  #gone(error: FunctionError): void {
    if (this.#state === "gone") return;
    const initError = this.#state === "starting" ? error : undefined;
    this.#state = "gone";
    const { clock, settings, events } = this.#options;
    this.#takeAllBack();
    const durationMs = clock.now() - this.startedAt;
    while (this.#handed.length > 0) {
      this.#finish({ status: "error", payload: "", durationMs, memoryMb: settings.memoryMb, error }, true);
    }
    this.#cancelTimer();
    void this.#thread.terminate();
    events.onGone(this, initError);
  }
}

/** Lambda's Node.js 20 and 22 do not load what Node.js itself learnt to since (aws facts §10.1). */
function runtimeFlags(runtimeMajor: number): string[] {
  const flags = runtimeMajor >= 24 ? [] : ["--no-experimental-require-module"];
  if (runtimeMajor === 22) flags.push("--no-experimental-detect-module");
  // A later Node.js may have dropped them.
  return flags.filter((flag) => process.allowedNodeEnvironmentFlags.has(flag));
}

function exitError(code: number): FunctionError {
  const errorMessage =
    code === 0 ? "Runtime exited without providing a reason" : `Runtime exited with error: exit status ${code}`;
  return { errorType: "Runtime.ExitError", errorMessage, trace: [] };
}
