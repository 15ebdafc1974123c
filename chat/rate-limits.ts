// Token buckets in memory: exact for one instance of the function, and free of calls. Forgotten when full again, so memory stays bounded.
import { LIMITS } from "#protocol/limits.ts";
import type { Clock, RateLimits } from "./ports.ts";

interface Bucket {
  tokens: number;
  at: number;
}

/** Above this many, the buckets that have filled up again are dropped. */
const MANY = 10_000;

export function rateLimits(clock: Clock): RateLimits {
  const buckets = new Map<string, Bucket>();
  return {
    take(of, key) {
      const { perSecond, burst } = LIMITS.rates[of];
      const now = clock.now();
      if (buckets.size > MANY) dropFull(buckets, now);
      const name = `${of} ${key}`;
      const bucket = buckets.get(name) ?? { tokens: burst, at: now };
      bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
      bucket.at = now;
      buckets.set(name, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}

/** Every bucket is full after the longest time any of them takes to fill. */
function dropFull(buckets: Map<string, Bucket>, now: number): void {
  const longestMs = Math.max(...Object.values(LIMITS.rates).map(({ perSecond, burst }) => (burst / perSecond) * 1000));
  for (const [name, { at }] of buckets) if (now - at > longestMs) buckets.delete(name);
}
