// How far AWS's clock is ahead of ours. A signature counts for five minutes around AWS's time; a function whose clock is further off
// learns the time from the Date header of the refusal.

/** A refusal of a signature that was nearer to AWS's time has another reason. */
const NOTICEABLE_MS = 60_000;

export class ClockOffset {
  #ms = 0;

  get ms(): number {
    return this.#ms;
  }

  /** True when the refused request was signed at a wrong time, and would now be signed at the right one. */
  learn(date: string | undefined, signedAt: number, now: number): boolean {
    const server = Date.parse(date ?? "");
    if (Number.isNaN(server) || Math.abs(server - signedAt) < NOTICEABLE_MS) return false;
    this.#ms = server - now;
    return true;
  }
}
