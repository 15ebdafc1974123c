// Time and chance, so that tests of waiting and retrying neither wait nor guess.
export interface Timing {
  /** Milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds since some moment; never goes back. */
  elapsed(): number;
  /** Answers with what cancels it. */
  setTimer(ms: number, fn: () => void): () => void;
  /** From 0 to below 1. */
  random(): number;
}

export const realTiming: Timing = {
  now: Date.now,
  elapsed: () => performance.now(),
  setTimer(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

export function wait(timing: Timing, ms: number): Promise<void> {
  return new Promise((resolve) => timing.setTimer(ms, resolve));
}
