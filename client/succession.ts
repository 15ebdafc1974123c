// When a connection is replaced by a new one: API Gateway ends it after two hours (aws facts §5.1) whatever goes on. With jitter, so that
// clients that came at the same moment do not all come back at the same moment.

export const SUCCESSION = { firstMs: 100 * 60_000, lastMs: 115 * 60_000 } as const;

/** `random` is in [0, 1). */
export function successionDelayMs(random: () => number): number {
  const { firstMs, lastMs } = SUCCESSION;
  return Math.floor(firstMs + random() * (lastMs - firstMs));
}
