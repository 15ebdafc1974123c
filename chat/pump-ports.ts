// What pushing to a large audience needs beyond ports.ts: somebody who does it later, and the certainty that only one does it at a time.

/** How far the entries of a conversation were pushed to one shard of its members. */
export interface PushProgress {
  /** Everything up to here was pushed; undefined: nothing ever was. */
  readonly pushed?: number;
  /** Beyond `pushed`, the entries up to `through` have gone to the members up to `member`. */
  readonly underWay?: { readonly through: number; readonly member: string };
  readonly signalled?: Signalled;
}

/** How far signals were pushed, and when last; what was not worth it counts as pushed. */
export interface Signalled {
  readonly key: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The right to push to one shard of a conversation's members. */
export interface Lease {
  readonly conversation: string;
  readonly shard: number;
  /** Higher than that of any lease of this shard before. */
  readonly fence: number;
  readonly progress: PushProgress;
}

export interface Leases {
  /** Of the shards 0 to `shards` − 1, those that somebody is sure to hold for a while. */
  held(conversation: string, shards: number): Promise<ReadonlySet<number>>;
  /** `until` in milliseconds since 1970; undefined when another has it. */
  take(conversation: string, shard: number, until: number): Promise<Lease | undefined>;
  /** Holds it longer and notes the progress; false when another has it now. */
  keep(lease: Lease, progress: PushProgress, until: number): Promise<boolean>;
  /** Gives it back with the progress; false when another has it now. */
  free(lease: Lease, progress: PushProgress): Promise<boolean>;
}

/** Asks for what is new in a conversation to be pushed to one shard of its members. */
export interface PumpOrder {
  readonly conversation: string;
  readonly shard: number;
  /** The entry for whose sake it is asked. */
  readonly seq?: number;
  /** Or the key of the signal. */
  readonly signal?: number;
  /** When it was asked, in milliseconds since 1970. */
  readonly at: number;
}

export interface Pumps {
  /** When it returns, a pump will run, and run again when it fails. */
  start(order: PumpOrder): Promise<void>;
}
