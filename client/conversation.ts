// Puts one conversation's entries in the order of their seq, each once, whatever their kind. Pure: knows no connection and no time.
import type { Entry } from "#protocol/messages.ts";

/** Seqs from `from` to `to` (both included) that the store does not have: expired, or never written. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** What the app is told, in this order. */
export type Step = Entry | Gap;

export class Conversation {
  /** Everything up to here was delivered or skipped. Undefined until the start is known. */
  #last: number | undefined;
  readonly #waiting = new Map<number, Entry>();

  get last(): number | undefined {
    return this.#last;
  }

  /** The highest seq that waits for an earlier one; undefined when none does. */
  get highestWaiting(): number | undefined {
    return this.#last === undefined || this.#waiting.size === 0 ? undefined : Math.max(...this.#waiting.keys());
  }

  /** The lowest seq that was kept back; undefined when none was. */
  get lowestWaiting(): number | undefined {
    return this.#waiting.size === 0 ? undefined : Math.min(...this.#waiting.keys());
  }

  /** Begins after `seq`, or begins anew. What came in meanwhile and is older counts as known. */
  startAfter(seq: number): readonly Entry[] {
    this.#last = seq;
    for (const waiting of [...this.#waiting.keys()]) if (waiting <= seq) this.#waiting.delete(waiting);
    return this.#drain();
  }

  /** What may be delivered now that this entry is here: nothing while an earlier one is missing. */
  accept(entry: Entry): readonly Entry[] {
    if (this.#last !== undefined && entry.seq <= this.#last) return [];
    this.#waiting.set(entry.seq, entry);
    return this.#last === undefined ? [] : this.#drain();
  }

  /** The store's word: apart from `entries` and what already waits, there is nothing up to `through`. */
  settle(entries: readonly Entry[], through: number): readonly Step[] {
    const steps: Step[] = [];
    for (const entry of entries) steps.push(...this.accept(entry));
    while (this.#last !== undefined && this.#last < through) {
      const to = Math.min((this.lowestWaiting ?? Number.POSITIVE_INFINITY) - 1, through);
      steps.push({ from: this.#last + 1, to });
      this.#last = to;
      steps.push(...this.#drain());
    }
    return steps;
  }

  #drain(): Entry[] {
    const ready: Entry[] = [];
    while (this.#last !== undefined) {
      const entry = this.#waiting.get(this.#last + 1);
      if (entry === undefined) break;
      this.#waiting.delete(entry.seq);
      this.#last = entry.seq;
      ready.push(entry);
    }
    return ready;
  }
}
