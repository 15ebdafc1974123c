// What a pump counts while it runs.
import type { Clock } from "./ports.ts";
import type { PostOutcome } from "./post-ports.ts";
import type { PumpOrder } from "./pump-ports.ts";

export interface PumpCounts {
  /** Members of the shard, as many as there were in any round. */
  readonly audience: number;
  readonly entries: number;
  /** Frames that went out. */
  readonly posted: number;
  readonly gone: number;
  readonly throttled: number;
  readonly failed: number;
  /** Frames that went out, for each entry and member they carried it to: 1 when every entry went alone. */
  readonly framesPerMessage: number;
  readonly bytes: number;
  /** From being asked to the first look. */
  readonly queueAgeMs: number;
  /** From an entry's being sent to its last member's post, the longest of all entries. */
  readonly lastMemberMs: number;
  /** Who came, left, typed and read, as far as that was told by name. */
  readonly signals: number;
  /** Frames that went out for their sake alone; not among `posted`. */
  readonly signalFrames: number;
}

export class PumpTally {
  readonly queueAgeMs: number;
  readonly #outcomes: Record<PostOutcome, number> = {
    sent: 0,
    gone: 0,
    throttled: 0,
    failed: 0,
    withdrawn: 0,
    later: 0,
  };
  #audience = 0;
  #entries = 0;
  #deliveries = 0;
  #bytes = 0;
  #lastMemberMs = 0;
  #signals = 0;
  #signalFrames = 0;

  constructor(clock: Clock, { at }: Pick<PumpOrder, "at">) {
    // the clock of who asked may be ahead
    this.queueAgeMs = Math.max(0, clock.now() - at);
  }

  posted(outcome: PostOutcome, bytes: number): void {
    this.#outcomes[outcome]++;
    if (outcome === "sent") this.#bytes += bytes;
  }

  signals(count: number): void {
    this.#signals += count;
  }

  /** A frame of signals alone. That posts are short is no reason to worry: such frames are the first to be dropped. */
  signalled(outcome: PostOutcome): void {
    if (outcome === "sent") this.#signalFrames++;
    else if (outcome !== "throttled") this.#outcomes[outcome]++;
  }

  /** The entries have gone to all the members. */
  round(members: number, entries: number, oldestMs: number): void {
    this.#audience = Math.max(this.#audience, members);
    this.#entries += entries;
    this.#deliveries += members * entries;
    this.#lastMemberMs = Math.max(this.#lastMemberMs, oldestMs);
  }

  get counts(): PumpCounts {
    const { sent, gone, throttled, failed } = this.#outcomes;
    return {
      audience: this.#audience,
      entries: this.#entries,
      posted: sent,
      gone,
      throttled,
      failed,
      framesPerMessage: this.#deliveries === 0 ? 0 : sent / this.#deliveries,
      bytes: this.#bytes,
      queueAgeMs: this.queueAgeMs,
      lastMemberMs: this.#lastMemberMs,
      signals: this.#signals,
      signalFrames: this.#signalFrames,
    };
  }
}
