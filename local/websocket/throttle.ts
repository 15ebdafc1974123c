// Token buckets (aws facts §6): a route's own settings, else its stage's defaults, and in either case the account's.
import type { Clock } from "#local/clock.ts";
import type { Throttle } from "#local/stack.ts";

export interface TokenBucket {
  /** Whether one more request is allowed now. */
  take(): boolean;
}

const unlimited: TokenBucket = { take: () => true };

/** Full at first. A burst or rate of 0 allows nothing at all, as on AWS. */
export function tokenBucket(throttle: Throttle | undefined, clock: Clock): TokenBucket {
  if (!throttle) return unlimited;
  const { burst, rate } = throttle;
  if (burst === 0 || rate === 0) return { take: () => false };
  let tokens = burst;
  let filledAt = clock.now();
  return {
    take() {
      const now = clock.now();
      if (now > filledAt) {
        tokens = Math.min(burst, tokens + ((now - filledAt) * rate) / 1000);
        filledAt = now;
      }
      if (tokens < 1) return false;
      tokens--;
      return true;
    },
  };
}

export function blocksEverything(throttle: Throttle | undefined): boolean {
  return throttle !== undefined && (throttle.burst === 0 || throttle.rate === 0);
}
