// Asynchronous invocations: accepted at once, run later, retried, and in the end handed to a destination (aws facts §10.3).
import type { Clock } from "#local/clock.ts";
import type { AsyncInvoke } from "#local/stack.ts";
import { type AsyncEvent, deliverOutcome, type EndCondition } from "./async-destination.ts";
import type { InvokeResult } from "./invoker.ts";
import type { ServedFunction } from "./served-function.ts";

export interface AsyncLimits {
  /** Events of all functions that wait or run; what comes then is dropped. */
  readonly asyncEvents: number;
  /** Of one function at the same time; the others wait in the order they came. */
  readonly asyncConcurrency: number;
}

export const defaultAsyncLimits: AsyncLimits = { asyncEvents: 10_000, asyncConcurrency: 100 };

const byDefault: AsyncInvoke = { maxRetries: 2, maxAgeSeconds: 21_600 };
/** After a function error: one minute, then two. */
const retryMs = 60_000;
/** After a throttle: doubled each time, up to five minutes. */
const firstBackoffMs = 1_000;
const longestBackoffMs = 300_000;

interface Queued extends AsyncEvent {
  readonly acceptedAt: number;
  failures: number;
  throttles: number;
}

export interface AsyncOptions {
  readonly clock: Clock;
  readonly limits: AsyncLimits;
  find(functionName: string): ServedFunction | undefined;
  invoke(event: AsyncEvent): Promise<InvokeResult>;
}

export class AsyncInvocations {
  readonly #options: AsyncOptions;
  readonly #ready = new Map<string, Queued[]>();
  readonly #running = new Map<string, number>();
  readonly #timers = new Set<() => void>();
  #events = 0;
  #closed = false;

  constructor(options: AsyncOptions) {
    this.#options = options;
  }

  /** false: the queue is full, and the event is lost. */
  submit(event: Omit<AsyncEvent, "invocations">): boolean {
    const { clock, limits, find } = this.#options;
    if (this.#closed) return false;
    if (this.#events >= limits.asyncEvents) {
      const record = { requestId: event.requestId, reason: `more than ${limits.asyncEvents} events wait` };
      find(event.functionName)?.write(JSON.stringify({ type: "local.asyncEventDropped", record }));
      return false;
    }
    this.#events++;
    this.#enqueue({ ...event, acceptedAt: clock.now(), invocations: 0, failures: 0, throttles: 0 });
    return true;
  }

  /** What waits is lost, as nothing here outlives the process. */
  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    this.#ready.clear();
  }

  #enqueue(event: Queued): void {
    const waiting = this.#ready.get(event.functionName);
    if (waiting) waiting.push(event);
    else this.#ready.set(event.functionName, [event]);
    this.#pump(event.functionName);
  }

  #pump(name: string): void {
    const waiting = this.#ready.get(name);
    while (waiting && (this.#running.get(name) ?? 0) < this.#options.limits.asyncConcurrency) {
      const event = waiting.shift();
      if (!event) {
        this.#ready.delete(name);
        return;
      }
      this.#running.set(name, (this.#running.get(name) ?? 0) + 1);
      void this.#run(event);
    }
  }

  async #run(event: Queued): Promise<void> {
    const name = event.functionName;
    event.invocations++;
    const result = await this.#options.invoke(event);
    this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
    if (this.#closed) return;
    this.#settle(event, result);
    this.#pump(name);
  }

  #settle(event: Queued, result: InvokeResult): void {
    switch (result.kind) {
      case "success":
        this.#finish(event, result, "Success");
        break;
      case "throttled":
        this.#retry(event, result, Math.min(firstBackoffMs * 2 ** event.throttles++, longestBackoffMs));
        break;
      case "function-error":
        if (event.failures++ >= this.#configOf(event).maxRetries) this.#finish(event, result, "RetriesExhausted");
        else this.#retry(event, result, retryMs * event.failures);
    }
  }

  #retry(event: Queued, result: InvokeResult, delayMs: number): void {
    const { clock } = this.#options;
    const oldest = event.acceptedAt + this.#configOf(event).maxAgeSeconds * 1000;
    if (clock.now() + delayMs > oldest) {
      this.#finish(event, result, "EventAgeExceeded");
      return;
    }
    const cancel = clock.setTimer(delayMs, () => {
      this.#timers.delete(cancel);
      this.#enqueue(event);
    });
    this.#timers.add(cancel);
  }

  #finish(event: Queued, result: InvokeResult, condition: EndCondition): void {
    this.#events--;
    const { find, clock } = this.#options;
    const served = find(event.functionName);
    if (!served) return;
    const config = this.#configOf(event);
    const submit = (next: Omit<AsyncEvent, "invocations">): boolean => this.submit(next);
    try {
      deliverOutcome({ event, result, condition, served, config, now: clock.now(), find, submit });
    } catch (error) {
      // An event or result that is nested too deep for a record of it.
      const record = { requestId: event.requestId, errorMessage: String(error) };
      served.write(JSON.stringify({ type: "local.asyncDestinationFailed", record }));
    }
  }

  #configOf({ functionName }: AsyncEvent): AsyncInvoke {
    return this.#options.find(functionName)?.lambda.asyncInvoke ?? byDefault;
  }
}
