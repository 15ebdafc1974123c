// A misconfiguration refuses every post alike: it is worth a line, not one for each recipient.
import type { Timing } from "./timing.ts";

const SILENT_MS = 60_000;

/** True once a minute. Not by message: what AWS says names the connection. */
export function firstInAWhile(timing: Timing): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = timing.elapsed();
    if (now - last < SILENT_MS) return false;
    last = now;
    return true;
  };
}
