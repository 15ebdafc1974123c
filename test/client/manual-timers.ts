import type { Cancel, Timers } from "#client/timers.ts";
import { Queue } from "./queue.ts";

interface Task {
  readonly at: number;
  readonly run: () => void;
}

/** Time that passes when the test says so. */
export class ManualTimers implements Timers {
  #now = 0;
  readonly #tasks = new Set<Task>();

  /** The delay of every timer that was set. */
  readonly delays = new Queue<number>();

  /** The test's own, so that no test depends on the day it runs. */
  now(): number {
    return Date.UTC(2026, 0, 1) + this.#now;
  }

  after(delayMs: number, run: () => void): Cancel {
    this.delays.push(delayMs);
    const task: Task = { at: this.#now + delayMs, run };
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#tasks].filter((task) => task.at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#tasks.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  get waiting(): number {
    return this.#tasks.size;
  }
}
