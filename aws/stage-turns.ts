// When the posts of one process may go, so that the posts of all processes of the stage stay within its rate. Places on the stage's timeline
// are booked for many posts at once. Who may post on credit – the direct path, where somebody waits for an answer – posts first and books
// afterwards, as long as the line is short.
import type { Booking, PostTimeline } from "./post-timeline.ts";
import type { Timing } from "./timing.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Who posts only when it is its turn. */
export interface Turns {
  /** In how many milliseconds it is; undefined: not within `mostMs`. `toCome`: how many more are going to ask. */
  take(mostMs: number, toCome?: number): number | undefined | Promise<number | undefined>;
  /** To be awaited beside the post: books what went on credit, when that is enough to be worth it. */
  settle?(): Promise<void> | undefined;
}

export interface StageTurnsSettings {
  readonly timeline: PostTimeline;
  /** Of the whole stage, as the timeline has it. */
  readonly postsPerSecond: number;
  /** How many posts may have gone without a place; 0: none. */
  readonly credit: number;
  readonly timing: Timing;
}

/** Alone one books so much at once; before its half is over, the next. */
const ALONE_MS = 200;
/** With others so much, and less the longer the line is, so that everybody's turn comes soon. */
const SHARE_MS = { most: 25, least: 2.5, leastFromLineOf: 500 };
/** A turn that was missed by more is not used: what has gathered would go at once. */
export const LATE_MS = 40;
/** Pumps alone hardly make the line so long: more is posted on credit than there is. No credit until it was seen to be shorter, or may well be. */
const LONG_LINE_MS = 600;
const NO_CREDIT_MS = 10_000;
/** Shares of the credit that are worth a booking. */
const SETTLE = { alone: 0.5, inLine: 0.125 };
/** Nobody waits longer for the store. */
const STORE_MS = 500;
const ASK_AGAIN_MS = 1_000;
/** Without the store each process keeps to this share of the rate. */
const CAUTIOUS_SHARE = 0.1;

interface Waiter {
  readonly until: number;
  readonly resolve: (ms: number | undefined) => void;
}

interface Places {
  at: number;
  left: number;
}

export class StageTurns implements Turns {
  readonly #settings: StageTurnsSettings;
  readonly #stepMs: number;
  readonly #cautious: TokenBucket;
  readonly #waiting: Waiter[] = [];
  #places: Places[] = [];
  #toCome = 0;
  #owed = 0;
  #asking = false;
  #planned = false;
  #storeFailed = false;
  /** Not booked again before; nor is the store asked at all. */
  #bookFrom = Number.NEGATIVE_INFINITY;
  #askFrom = Number.NEGATIVE_INFINITY;
  #noCreditUntil = Number.NEGATIVE_INFINITY;
  /** What the last booking has met. */
  #line: Pick<Booking, "alone" | "aheadMs"> = { alone: true, aheadMs: 0 };

  constructor(settings: StageTurnsSettings) {
    const { postsPerSecond, timing } = settings;
    this.#settings = settings;
    this.#stepMs = 1000 / postsPerSecond;
    this.#cautious = new TokenBucket({ perSecond: postsPerSecond * CAUTIOUS_SHARE, burst: 1 }, timing);
  }

  take(mostMs: number, toCome = 0): number | undefined | Promise<number | undefined> {
    const now = this.#settings.timing.elapsed();
    if (this.#owed < this.#settings.credit && now >= this.#noCreditUntil) {
      this.#owed++;
      return 0;
    }
    this.#toCome = toCome;
    if (this.#storeFailed) {
      this.#plan();
      return this.#cautious.reserve(mostMs);
    }
    if (this.#waiting.length === 0) {
      const ms = this.#nextPlace(now, mostMs);
      if (ms !== undefined) return ms;
    }
    if (now + mostMs < this.#bookFrom) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push({ until: now + mostMs, resolve });
      this.#plan();
    });
  }

  settle(): Promise<void> | undefined {
    const { credit, timing } = this.#settings;
    // while there is a line, somebody has to come later for what went on credit
    const enough = credit * (this.#line.aheadMs > 0 ? SETTLE.inLine : SETTLE.alone);
    if (this.#owed === 0 || this.#owed < enough || this.#asking) return undefined;
    if (timing.elapsed() < this.#askFrom) return undefined;
    return this.#settleNow(this.#owed);
  }

  #nextPlace(now: number, mostMs: number): number | undefined {
    for (;;) {
      const [places] = this.#places;
      if (!places) return undefined;
      if (places.left === 0) {
        this.#places.shift();
        continue;
      }
      const { at } = places;
      if (at > now + mostMs) return undefined;
      places.at += this.#stepMs;
      places.left--;
      if (at >= now - LATE_MS) return Math.max(0, at - now);
    }
  }

  /** Books as soon as it is time, and everybody who asks now has asked. */
  #plan(): void {
    if (this.#planned || this.#asking) return;
    this.#planned = true;
    const { timing } = this.#settings;
    const book = () => {
      this.#planned = false;
      void this.#book();
    };
    const ms = this.#bookFrom - timing.elapsed();
    if (ms > 0) timing.setTimer(ms, book);
    else queueMicrotask(book);
  }

  async #book(): Promise<void> {
    const wanted = this.#wanted();
    if (wanted <= 0 || this.#asking) return;
    const { alone, aheadMs } = this.#line;
    const atMost = (ms: number) => Math.min(wanted, Math.max(1, Math.floor(ms / this.#stepMs)));
    const shared = atMost(Math.max(SHARE_MS.least, SHARE_MS.most * (1 - aheadMs / SHARE_MS.leastFromLineOf)));
    this.#toCome = 0;
    // a line of many is empty for a moment, too
    const booking = await this.#ask(alone ? atMost(ALONE_MS) : shared, shared);
    const now = this.#settings.timing.elapsed();
    if (booking && booking.count > 0) {
      this.#places.push({ at: booking.at, left: booking.count });
      this.#bookFrom = booking.at + (booking.count * this.#stepMs) / 2;
    }
    this.#serve(now);
    if (this.#waiting.length > 0 || (booking && booking.count > 0)) this.#plan();
  }

  #wanted(): number {
    const held = this.#places.reduce((sum, { left }) => sum + left, 0);
    return this.#waiting.length + this.#toCome - held + (this.#storeFailed ? 1 : 0);
  }

  #serve(now: number): void {
    while (this.#waiting.length > 0) {
      const [{ until, resolve }] = this.#waiting as [Waiter];
      const ms = this.#storeFailed ? this.#cautious.reserve(until - now) : this.#nextPlace(now, until - now);
      // there may be a place for who can wait longer
      if (ms === undefined && !this.#storeFailed && until > this.#bookFrom) return;
      this.#waiting.shift();
      resolve(ms);
    }
  }

  async #settleNow(owed: number): Promise<void> {
    const booking = await this.#ask(owed);
    // a line that is full is paid enough: more would only keep others waiting
    if (booking) this.#owed -= owed;
    if (this.#waiting.length > 0) this.#plan();
  }

  /** Never rejects; undefined: the store has not answered. */
  async #ask(alone: number, shared = alone): Promise<Booking | undefined> {
    const { timing, timeline } = this.#settings;
    this.#asking = true;
    let cancel = () => {};
    try {
      const late = new Promise<never>((_, reject) => {
        cancel = timing.setTimer(STORE_MS, () => reject(new Error("The store does not answer")));
      });
      const booking = await Promise.race([timeline.book(alone, shared), late]);
      this.#note(booking);
      return booking;
    } catch {
      this.#storeFailed = true;
      this.#askFrom = this.#bookFrom = timing.elapsed() + ASK_AGAIN_MS;
      return undefined;
    } finally {
      cancel();
      this.#asking = false;
    }
  }

  #note(booking: Booking): void {
    const { timing } = this.#settings;
    this.#storeFailed = false;
    this.#line = booking;
    // who found the line full does not come back together with all others
    if (booking.count === 0) this.#bookFrom = booking.at + timing.random() * SHARE_MS.most;
    this.#noCreditUntil = booking.aheadMs > LONG_LINE_MS ? timing.elapsed() + NO_CREDIT_MS : Number.NEGATIVE_INFINITY;
  }
}
