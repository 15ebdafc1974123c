/** The posts of all functions of a stage, one after the other on one line of time. */
export interface PostTimeline {
  /** Books the next places that are free: `alone` of them, or `shared` when others are in the line. Rejects when nobody can say which these are. */
  book(alone: number, shared?: number): Promise<Booking>;
}

export interface Booking {
  /** How many were booked; 0: the line is full for a while. */
  readonly count: number;
  /** When the first of them may be used, or there will be places again; by `Timing.elapsed()`. */
  readonly at: number;
  /** How far before that the booking was made, so how long the line of those who wait was. */
  readonly aheadMs: number;
  /** Nobody else is in the line. */
  readonly alone: boolean;
}
