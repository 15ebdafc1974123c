// Puts one conversation's messages in the order of their seq, each once. Pure: knows no connection and no time.
import type { Message } from "#protocol/messages.ts";

/** Seqs from `from` to `to` (both included) that the store does not have: expired, or never written. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

export interface Settled {
  readonly messages: readonly Message[];
  readonly gaps: readonly Gap[];
}

/** How many skipped seqs are remembered, in case one of them turns up after all. */
const REMEMBERED_SKIPS = 100;

export class Conversation {
  /** Everything up to here was delivered or skipped. Undefined until the start is known. */
  #last: number | undefined;
  readonly #waiting = new Map<number, Message>();
  readonly #skipped = new Set<number>();

  get last(): number | undefined {
    return this.#last;
  }

  /** The highest seq that waits for an earlier one; undefined when none does. */
  get highestWaiting(): number | undefined {
    return this.#last === undefined || this.#waiting.size === 0 ? undefined : Math.max(...this.#waiting.keys());
  }

  /** Begins after `seq`. What came in meanwhile and is older counts as known. */
  startAfter(seq: number): readonly Message[] {
    this.#last = seq;
    for (const waiting of [...this.#waiting.keys()]) if (waiting <= seq) this.#waiting.delete(waiting);
    return this.#drain();
  }

  /** Begins with a message nobody announced. Others from the same moment may have been overtaken by it: they still count. */
  startWith(message: Message): readonly Message[] {
    this.#skip(Math.max(1, message.seq - REMEMBERED_SKIPS), message.seq - 1);
    this.#waiting.set(message.seq, message);
    return this.startAfter(message.seq - 1);
  }

  /** What may be delivered now that this message is here: nothing while an earlier one is missing. */
  accept(message: Message): readonly Message[] {
    if (this.#last !== undefined && message.seq <= this.#last) {
      // Late rather than lost: the store did not have it when we asked, yet it was written after all.
      return this.#skipped.delete(message.seq) ? [message] : [];
    }
    this.#waiting.set(message.seq, message);
    return this.#last === undefined ? [] : this.#drain();
  }

  /** The store's word: apart from `messages` and what already waits, there is nothing up to `through`. */
  settle(messages: readonly Message[], through: number): Settled {
    const delivered: Message[] = [];
    const gaps: Gap[] = [];
    for (const message of messages) delivered.push(...this.accept(message));
    const next = () => Math.min(...this.#waiting.keys());
    while (this.#last !== undefined && this.#last < through) {
      const to = Math.min(next() - 1, through);
      gaps.push({ from: this.#last + 1, to });
      this.#skip(this.#last + 1, to);
      this.#last = to;
      delivered.push(...this.#drain());
    }
    return { messages: delivered, gaps };
  }

  #drain(): Message[] {
    const ready: Message[] = [];
    while (this.#last !== undefined) {
      const message = this.#waiting.get(this.#last + 1);
      if (message === undefined) break;
      this.#waiting.delete(message.seq);
      this.#last = message.seq;
      ready.push(message);
    }
    return ready;
  }

  #skip(from: number, to: number): void {
    for (let seq = Math.max(from, to - REMEMBERED_SKIPS + 1); seq <= to; seq += 1) this.#skipped.add(seq);
    for (const seq of this.#skipped) {
      if (this.#skipped.size <= REMEMBERED_SKIPS) break;
      this.#skipped.delete(seq);
    }
  }
}
