// One worker thread = one Lambda execution environment: it initialises once, then runs one invocation at a time.
import type { EventLoopUtilization } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import type { Clock } from "#local/clock.ts";
import { readLines } from "./read-lines.ts";
import type { FunctionError, InvokeMessage, WorkerMessage, WorkerSettings } from "./worker-protocol.ts";

export interface WorkerOutcome {
  readonly status: "success" | "error" | "timeout";
  readonly durationMs: number;
  readonly memoryMb: number;
  /** Of a success. */
  readonly payload: string;
  /** Of all others. */
  readonly error?: FunctionError;
}

export interface WorkerEvents {
  /** Free for an invocation: after its initialisation and after each invocation. */
  onIdle(worker: FunctionWorker): void;
  /** It will run nothing more. `initError` says that it never ran anything. */
  onGone(worker: FunctionWorker, initError: FunctionError | undefined): void;
  onLog(timestamp: number, line: string): void;
}

export interface WorkerOptions {
  readonly settings: WorkerSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly events: WorkerEvents;
}

/** Initialisation has ten seconds on Lambda. */
const initTimeoutMs = 10_000;
/** Node.js's own is several times as much, per thread; a message's short-lived objects fit in here as well. */
const maxYoungGenerationSizeMb = 4;
const bootstrap = new URL("./runtime/bootstrap.mjs", import.meta.url);

export class FunctionWorker {
  /** Of an invocation that was the worker's first, else undefined. */
  initMs: number | undefined;
  lastUsed: number;
  readonly #options: WorkerOptions;
  readonly #thread: Worker;
  readonly #exited: Promise<void>;
  #state: "starting" | "idle" | "busy" | "gone" = "starting";
  #settle: ((outcome: WorkerOutcome) => void) | undefined;
  #cancelTimer: () => void;
  #startedAt = 0;
  #requestId = "";
  #measured: EventLoopUtilization | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.lastUsed = options.clock.now();
    this.#thread = new Worker(bootstrap, {
      workerData: options.settings,
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
      readLines(stream, (line) => options.events.onLog(Date.now(), line));
    }
  }

  run(message: InvokeMessage): Promise<WorkerOutcome> {
    this.#state = "busy";
    this.#startedAt = this.#options.clock.now();
    this.#requestId = message.requestId;
    this.#cancelTimer = this.#options.clock.setTimer(this.#options.timeoutMs, () => this.#timedOut());
    this.#thread.postMessage(message);
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
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
        this.initMs = message.initMs;
        this.#cancelTimer();
        this.#becomeIdle();
        break;
      case "init-error":
        this.#gone(message);
        break;
      case "result":
        this.#finish({ status: "success", ...message });
        this.#becomeIdle();
        break;
      case "error": {
        const { durationMs, memoryMb } = message;
        this.#finish({ status: "error", payload: "", durationMs, memoryMb, error: message });
        if (message.fatal) this.#gone(message);
        else this.#becomeIdle();
        break;
      }
      case "log":
        this.#options.events.onLog(message.timestamp, message.line);
    }
  }

  #becomeIdle(): void {
    this.#state = "idle";
    this.lastUsed = this.#options.clock.now();
    this.#options.events.onIdle(this);
  }

  #finish(outcome: WorkerOutcome): void {
    this.#cancelTimer();
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }

  #timedOut(): void {
    const { timeoutMs, settings } = this.#options;
    const seconds = (timeoutMs / 1000).toFixed(2);
    const errorMessage = `RequestId: ${this.#requestId} Error: Task timed out after ${seconds} seconds`;
    const error = { errorType: "Sandbox.Timedout", errorMessage, trace: [] };
    this.#finish({ status: "timeout", payload: "", durationMs: timeoutMs, memoryMb: settings.memoryMb, error });
    this.#gone(error);
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
    const durationMs = clock.now() - this.#startedAt;
    this.#finish({ status: "error", payload: "", durationMs, memoryMb: settings.memoryMb, error });
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
