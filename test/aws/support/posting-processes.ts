// Processes that post by turns, in time that a test moves: what each has posted when, however their clocks differ.
import type { ConnectionsApi } from "#aws/connections-api.ts";
import { postUntilDecided } from "#aws/post-attempts.ts";
import { PostFrame } from "#aws/post-frame.ts";
import type { PostTimeline } from "#aws/post-timeline.ts";
import { StageTurns } from "#aws/stage-turns.ts";
import { type Timing, wait } from "#aws/timing.ts";
import { ManualTiming } from "./manual-timing.ts";

const STEP_MS = 2;
const ANSWER_MS = 10;

export interface ProcessSettings {
  readonly posts: number;
  readonly lanes?: number;
  /** How far its clock is ahead. */
  readonly aheadMs?: number;
  readonly credit?: number;
}

export class PostingProcesses {
  readonly #timing = new ManualTiming();
  readonly #perSecond: number;
  readonly #timelineOf: (timing: Timing) => PostTimeline;
  readonly #calls = new Set<Promise<unknown>>();
  /** How often each process has asked the store. */
  readonly bookings: number[] = [];
  /** When each process has posted, in milliseconds since the start. */
  readonly posts: number[][] = [];
  storeFails = false;

  constructor(perSecond: number, timelineOf: (timing: Timing) => PostTimeline) {
    this.#perSecond = perSecond;
    this.#timelineOf = timelineOf;
  }

  /** All posts, in order of time. */
  get all(): number[] {
    return this.posts.flat().sort((a, b) => a - b);
  }

  get now(): number {
    return this.#timing.elapsed();
  }

  /** A process that posts as fast as it may. */
  start({ posts, lanes = 50, aheadMs = 0, credit = 0 }: ProcessSettings): void {
    const process = this.posts.push([]) - 1;
    this.bookings.push(0);
    const timing = this.#timingOf(process, aheadMs);
    const timeline = this.#watched(process, this.#timelineOf(timing));
    const turns = new StageTurns({ timeline, postsPerSecond: this.#perSecond, credit, timing });
    const api: Pick<ConnectionsApi, "post"> = {
      post: async () => {
        this.posts[process]?.push(this.now);
        await wait(timing, ANSWER_MS);
        return { kind: "sent" };
      },
    };
    const run = { mayGoOn: () => true, toCome: posts };
    const settings = { api, turns, timing, requestTimeoutMs: 1_000 };
    const trying = { budgetMs: 1_000, run: credit > 0 ? undefined : run };
    const lane = async () => {
      while (run.toCome-- > 0) await postUntilDecided(settings, new PostFrame("x"), { connectionId: "c" }, trying);
    };
    for (let count = 0; count < Math.min(lanes, posts); count++) void lane();
  }

  /** Moves the time, and lets everything happen on the way; a call to the store takes none of it. */
  async pass(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += STEP_MS) {
      await this.#settle();
      this.#timing.move(STEP_MS);
    }
    await this.#settle();
  }

  /** Nothing happens in between, as on a machine that stands still. */
  standStill(ms: number): void {
    this.#timing.move(ms);
  }

  async #settle(): Promise<void> {
    do {
      await Promise.all(this.#calls);
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#calls.size > 0);
  }

  /** Each process counts from a moment of its own, too. */
  #timingOf(process: number, aheadMs: number): Timing {
    const timing = this.#timing;
    return {
      now: () => timing.now() + aheadMs,
      elapsed: () => timing.elapsed() + process * 100_000,
      setTimer: (ms, fn) => timing.setTimer(ms, fn),
      random: () => timing.random(),
    };
  }

  #watched(process: number, timeline: PostTimeline): PostTimeline {
    return {
      book: (alone, shared) => {
        this.bookings[process] = (this.bookings[process] ?? 0) + 1;
        if (this.storeFails) return Promise.reject(new Error("throttled"));
        const call = timeline.book(alone, shared);
        const watched: Promise<unknown> = call.then(
          () => this.#calls.delete(watched),
          () => this.#calls.delete(watched),
        );
        this.#calls.add(watched);
        return call;
      },
    };
  }
}

/** The most of them within any second. */
export function mostInASecond(times: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? 0) >= 1_000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
