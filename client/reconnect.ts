// How long to wait before the next attempt: exponential, with full jitter – any moment between none and all of the delay –
// so that a thousand clients that lost the same server do not come back in the same second.

export const RECONNECT = { firstMs: 500, mostMs: 30_000 } as const;

/** `attempt` counts from 0; `random` is in [0, 1). */
export function reconnectDelayMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(RECONNECT.mostMs, RECONNECT.firstMs * 2 ** attempt);
  return Math.floor(random() * ceiling);
}
