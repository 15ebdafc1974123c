// Keeps the posts of this process under a rate. Who comes too early waits for their turn, in order of coming; nobody is refused who can
// wait long enough.
import type { Timing } from "./timing.ts";

export interface Rate {
  readonly perSecond: number;
  /** How many may go at once after a pause. */
  readonly burst: number;
}

export class TokenBucket {
  readonly #timing: Timing;
  readonly #msPerToken: number;
  readonly #burst: number;
  /** When the bucket will be, or was, full again. */
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor({ perSecond, burst }: Rate, timing: Timing) {
    if (!(perSecond > 0) || !(burst >= 1)) {
      throw new RangeError(
        `A rate needs perSecond above 0 and a burst of at least 1; it has ${perSecond} and ${burst}.`,
      );
    }
    this.#timing = timing;
    this.#msPerToken = 1000 / perSecond;
    this.#burst = burst;
  }

  /** Takes a token: in how many milliseconds it may be used. undefined: not within `mostMs`, and none was taken. */
  reserve(mostMs: number): number | undefined {
    const now = this.#timing.elapsed();
    const fullAt = Math.max(this.#fullAt, now) + this.#msPerToken;
    const ms = Math.max(0, fullAt - this.#burst * this.#msPerToken - now);
    if (ms > mostMs) return undefined;
    this.#fullAt = fullAt;
    return ms;
  }
}
