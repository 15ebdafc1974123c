/** How long a function's invocations take of late, and how many a worker may be handed before it has come to them. */
export class Pace {
  /** Until it is known: so slow that a worker is worth its start for two that wait, and not for one. */
  #meanMs = 20;
  #seen = 0;

  saw(durationMs: number): void {
    this.#seen++;
    this.#meanMs += (durationMs - this.#meanMs) / Math.min(this.#seen, 8);
  }

  get meanMs(): number {
    return this.#meanMs;
  }

  /** One spares the worker the wait for its next; only where the main thread cannot keep up do more of them help. */
  get ahead(): number {
    return this.#meanMs < 1 ? 16 : 1;
  }
}
