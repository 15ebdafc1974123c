/** How long a function's invocations take of late, and how many a worker may be handed before it has come to them. */
export class Pace {
  /** Until it is known, slow. */
  #meanMs = 100;

  saw(durationMs: number): void {
    this.#meanMs += (durationMs - this.#meanMs) / 8;
  }

  /** The main thread takes about as long for an invocation: a second worker would only wait for it, too. */
  get isTrivial(): boolean {
    return this.#meanMs < 0.1;
  }

  /** One spares the worker the wait for its next; only where the main thread cannot keep up do more of them help. */
  get ahead(): number {
    return this.#meanMs < 1 ? 16 : 1;
  }
}
