/** What the stub of `@connections` has seen since it was last asked. */
export interface Seen {
  readonly frames: number;
  readonly bytes: number;
  /** Entries that came out of turn, or twice. */
  readonly outOfOrder: number;
  readonly mostPerSecond: number;
  /** Milliseconds since 1970. */
  readonly lastAt: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** For each connection. */
  readonly entries: number;
}
