// The signals of one conversation in the hands of a pump. They go with the next entries; where there are none, alone, and not often: the
// later ones wait, and what has ended meanwhile is not told. Nothing of this can fail: a signal that cannot be had is lost.

import type { DeliverPorts } from "./deliver.ts";
import { foldSignals } from "./fold-signals.ts";
import { packSignals, type SignalPack } from "./pack-signals.ts";
import type { SentEntry } from "./ports.ts";
import type { PumpOrder, Signalled } from "./pump-ports.ts";
import type { NotedSignal } from "./signal-ports.ts";
import { TYPING_IS_NEWS_MS } from "./typing-is-news.ts";

/** One frame of signals alone follows another after so long: that, and the size of the audience, bounds what they cost. */
const SIGNALS_EVERY_MS = 1_500;
const LOOK_EVERY_MS = 1_000;
/** What nobody pushed for so long is not told any more. */
const LOOK_BACK_MS = 30_000;
/** So much later than another's a signal may arrive that was noted before it. */
const OVERLAP_MS = 2_000;
/** As many are read at once, and wait at most; of more, the newest. */
const MOST = 300;
/** Who types is told again after that. */
const TYPING_QUIET_MS = 2_000;

type SignalPorts = Pick<DeliverPorts, "signals" | "clock" | "directAudienceLimit" | "signalsAudienceLimit">;

export class PumpSignals {
  readonly #ports: SignalPorts;
  readonly #order: PumpOrder;
  #isBegun = false;
  /** What was read is not waiting again. */
  readonly #seen = new Set<number>();
  readonly #typed = new Map<string, number>();
  readonly #spoken = new Map<string, number>();
  #from = 0;
  #through = 0;
  #waiting: NotedSignal[] = [];
  #waitingSince = 0;
  #pushedAt = 0;
  #lookAt = Number.NEGATIVE_INFINITY;

  constructor(ports: SignalPorts, order: PumpOrder) {
    this.#ports = ports;
    this.#order = order;
  }

  get areWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** 0: they may go alone now. */
  get dueInMs(): number {
    const dueAt = Math.min(this.#pushedAt, this.#waitingSince) + SIGNALS_EVERY_MS;
    return Math.max(0, dueAt - this.#ports.clock.now());
  }

  /** A lease was taken: what its holders before have pushed is not pushed again. */
  begin(signalled: Signalled | undefined): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    const oldest = (this.#ports.clock.now() - LOOK_BACK_MS) * 1000;
    this.#from = Math.max(oldest, signalled?.key ?? (this.#order.signal ?? 0) - 1);
    this.#through = signalled?.key ?? 0;
    this.#pushedAt = signalled?.at ?? 0;
  }

  /** Reads what was noted since; not often, unless it is the last look. */
  async look(isLast = false): Promise<void> {
    const now = this.#ports.clock.now();
    const { directAudienceLimit, signalsAudienceLimit } = this.#ports;
    // then nobody notes any
    if (signalsAudienceLimit <= directAudienceLimit) return;
    if (now < this.#lookAt && !isLast) return;
    this.#lookAt = now + LOOK_EVERY_MS;
    // the last look keeps no entry waiting: whoever stores one then finds the lease free
    const pace = isLast ? "at leisure" : "in a hurry";
    const noted = await this.#ports.signals.after(this.#order.conversation, this.#from, MOST, pace).catch(() => []);
    const fresh = noted.filter(({ key }) => !this.#seen.has(key));
    for (const { key } of fresh) this.#seen.add(key);
    if (fresh.length > 0 && !this.areWaiting) this.#waitingSince = now;
    this.#waiting = [...this.#waiting, ...fresh].sort((a, b) => a.key - b.key).slice(-MOST);
    const newest = noted.at(-1)?.key ?? 0;
    this.#from = Math.max(this.#from, Math.min(newest, now * 1000) - OVERLAP_MS * 1000);
    for (const key of this.#seen) if (key <= this.#from) this.#seen.delete(key);
  }

  /** Who has spoken types no more. */
  spoken(entries: readonly SentEntry[]): void {
    const now = this.#ports.clock.now();
    for (const [user, at] of this.#spoken) if (now - at >= TYPING_IS_NEWS_MS) this.#spoken.delete(user);
    for (const { entry } of entries) this.#spoken.set(entry.sender.id, Date.parse(entry.sentAt));
  }

  /** All that wait; undefined when nothing of it is worth telling. They wait until they are `pushed`. */
  pack(): SignalPack | undefined {
    const now = this.#ports.clock.now();
    for (const [user, at] of this.#typed) if (now - at >= TYPING_QUIET_MS) this.#typed.delete(user);
    const [first, ...more] = foldSignals(this.#waiting, now).filter(
      ({ signal: { type, user }, at }) =>
        type !== "typing" || !(this.#typed.has(user.id) || at <= (this.#spoken.get(user.id) ?? 0)),
    );
    return first && packSignals([first, ...more], this.#ports.clock);
  }

  /** Nothing waits any more. Answers with how far it went. */
  pushed(isTold: boolean): Signalled | undefined {
    const now = this.#ports.clock.now();
    const last = this.#waiting.at(-1);
    if (isTold) {
      this.#pushedAt = now;
      for (const { signal, at } of this.#waiting)
        if (signal.type === "typing" && now - at < TYPING_IS_NEWS_MS && !this.#typed.has(signal.user.id))
          this.#typed.set(signal.user.id, now);
    }
    this.#waiting = [];
    // not beyond now, whatever the clock says of who noted it: others are noted after it
    if (last) this.#through = Math.max(this.#through, Math.min((now + 1) * 1000 - 1, last.key));
    return last && { key: this.#through, at: this.#pushedAt };
  }
}
