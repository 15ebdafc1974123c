// What became of the frames that requests push themselves, as metrics with the names that pumps give theirs: so both add up. A line for each
// request would cost more than its posts, so they are added up in the process; what it has not written when it ends is not missed.
import type { Clock } from "#chat/ports.ts";
import type { Poster, PostOutcome } from "#chat/post-ports.ts";
import { type Metrics, standardOutput, writeMetrics } from "./metrics.ts";

export interface CountingSettings {
  readonly stage: string;
  readonly write?: (line: string) => void;
}

interface Posting {
  readonly poster: Poster;
  readonly clock: Clock;
}

type Handler<Event, Result> = (event: Event) => Promise<Result>;

const SILENT_MS = 10_000;
/** Requests have no runs that could be withdrawn, and what is tried later is counted then. */
type Told = Exclude<PostOutcome, "withdrawn" | "later">;
const NAMES: Readonly<Record<Told, string>> = {
  sent: "posted",
  gone: "gone",
  throttled: "throttled",
  failed: "failed",
};
const UNITS: Metrics["units"] = Object.fromEntries(Object.values(NAMES).map((name) => [name, "Count"]));

/** The ports with a poster that counts, and what makes a handler tell the counts: after a request, every ten seconds at most. */
export function countPosts<P extends Posting>(ports: P, settings: CountingSettings) {
  const counts = new PostCounts(ports.clock, settings);
  const poster: Poster = {
    async post(...args) {
      const outcome = await ports.poster.post(...args);
      counts.note(outcome);
      return outcome;
    },
  };
  const telling =
    <Event, Result>(handle: Handler<Event, Result>): Handler<Event, Result> =>
    async (event) => {
      try {
        return await handle(event);
      } finally {
        counts.tell();
      }
    };
  return { ports: { ...ports, poster }, telling };
}

class PostCounts {
  readonly #clock: Clock;
  readonly #settings: CountingSettings;
  readonly #counts = new Map<PostOutcome, number>();
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, settings: CountingSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  note(outcome: PostOutcome): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  tell(): void {
    const now = this.#clock.now();
    if (this.#counts.size === 0 || now - this.#toldAt < SILENT_MS) return;
    const { stage, write = standardOutput } = this.#settings;
    const outcomes = Object.entries(NAMES) as [Told, string][];
    const values = Object.fromEntries(outcomes.map(([outcome, name]) => [name, this.#counts.get(outcome) ?? 0]));
    writeMetrics({ units: UNITS, values, dimensions: { Stage: stage }, properties: { event: "posted" } }, now, write);
    this.#counts.clear();
    this.#toldAt = now;
  }
}
