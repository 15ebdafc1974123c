import type { Timing } from "#aws/timing.ts";

interface Timer {
  readonly at: number;
  readonly ms: number;
  readonly fn: () => void;
}

/** Time that stands still until a test moves it, and chance that always is `chance`. */
export class ManualTiming implements Timing {
  chance = 0.5;
  #elapsed = 0;
  #offset = Date.now();
  readonly #timers = new Set<Timer>();
  #wake: (() => void)[] = [];

  /** Milliseconds of the timers that are set, the shortest first. */
  get pending(): number[] {
    return [...this.#timers].map(({ ms }) => ms).sort((a, b) => a - b);
  }

  now(): number {
    return this.#offset + this.#elapsed;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  random(): number {
    return this.chance;
  }

  setTimer(ms: number, fn: () => void): () => void {
    const timer = { at: this.#elapsed + ms, ms, fn };
    this.#timers.add(timer);
    for (const wake of this.#wake.splice(0)) wake();
    return () => this.#timers.delete(timer);
  }

  /** Waits until a timer of so many milliseconds is set. */
  async timerOf(ms: number): Promise<void> {
    while (!this.pending.includes(ms)) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** Fires what is due on the way, in order. */
  move(ms: number): void {
    const target = this.#elapsed + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= target).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.fn();
    }
    this.#elapsed = target;
  }

  /** The wall clock jumps; what was measured does not. */
  jump(ms: number): void {
    this.#offset += ms;
  }
}
