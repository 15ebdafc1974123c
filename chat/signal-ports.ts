// What telling who comes, goes, types and reads needs beyond ports.ts. A signal has no seq and may be lost: nothing else waits for one.
import type { DialectName } from "#protocol/dialects/dialect.ts";
import type { Signal } from "#protocol/messages.ts";

/** A signal on its way to a large audience. */
export interface NotedSignal {
  /** When it was noted, in microseconds since 1970; that of one signal only. */
  readonly key: number;
  readonly signal: Signal;
  /** Since when it is so, in milliseconds since 1970. */
  readonly at: number;
  /** Of who caused it: what is assumed of members that have not shown theirs. */
  readonly dialect?: DialectName;
}

export interface Signals {
  /** Answers with its key. */
  note(signal: Omit<NotedSignal, "key">): Promise<number>;
  /** What was noted for the conversation after the key: the newest `most`, oldest first. In a hurry it is given up before anybody notices. */
  after(
    conversation: string,
    key: number,
    most: number,
    pace: "in a hurry" | "at leisure",
  ): Promise<readonly NotedSignal[]>;
}

/** An audience that is not told directly. */
export interface LargeAudience {
  readonly shards: number;
  /** It is larger than `signalsAudienceLimit`: only entries are for everybody. */
  readonly isTooLarge: boolean;
}

/** What this instance of the function found out a moment ago. */
export interface LargeAudiences {
  recall(conversation: string): LargeAudience | undefined;
  note(conversation: string, audience: LargeAudience): void;
}

/** What this instance of the function told a moment ago. */
export interface Told {
  /** False when it was told within the last `quietMs`; otherwise it counts as told now. */
  isNews(what: string, quietMs: number): boolean;
  forget(what: string): void;
}
