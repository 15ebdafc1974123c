// What posting a frame needs beyond ports.ts: how and how often it is tried, and what became of it.

/**
 * What became of one frame to one connection. `gone`: there is no such connection; `throttled` and `failed`: tried, and given up; `withdrawn`:
 * not tried, because its run was not to go on; `later`: one attempt was asked for, and another may do.
 */
export type PostOutcome = "sent" | "gone" | "throttled" | "failed" | "withdrawn" | "later";

/** Many posts that nobody waits for: each waits for its turn, however long that takes. */
export interface PostRun {
  /** Asked when the turn has come, and while it has not. */
  mayGoOn(): boolean | Promise<boolean>;
  /** How many posts are likely to follow. */
  readonly toCome: number;
}

export interface PostOptions {
  /** Of the connection, in milliseconds since 1970: one that has just come may not be there yet, and is tried again. */
  readonly connectedAt?: number | undefined;
  /**
   * `first`: there is one attempt, and where more of them may do the outcome is `later`. `again`: that was so, and a moment is waited before
   * the next. `only`: there is one attempt. Without it there are as many as the time allows.
   */
  readonly attempts?: "first" | "again" | "only";
  /** How long it is tried, when that is less than the poster would; in a run, without the time until its turn. */
  readonly budgetMs?: number;
  readonly run?: PostRun;
  /** That it is not through in time is no failure: then it counts as throttled, and nobody is told. */
  readonly mayGetLost?: boolean;
}

export interface Poster {
  /** Never throws for one recipient's sake. */
  post(connectionId: string, frame: string, options?: PostOptions): Promise<PostOutcome>;
}

/** Connections that are not tried again when a post to them is throttled. */
export interface Resting {
  rests(connectionId: string): boolean;
  /** It was tried again, for nothing. */
  note(connectionId: string): void;
  /** A frame got through. */
  end(connectionId: string): void;
}
