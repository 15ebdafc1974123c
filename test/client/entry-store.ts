// The conversations of the protocol server: numbered, amended and read as the product does it, in memory.
import { cursorTo, placeOf } from "#protocol/cursor.ts";
import { ChatError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { AckFields, Deletion, Edit, Entry, Message, Request } from "#protocol/messages.ts";

type Asked<A extends Request["action"]> = Extract<Request, { action: A }>;

export class EntryStore {
  readonly #entries = new Map<string, Entry[]>();

  get conversations(): readonly string[] {
    return [...this.#entries.keys()];
  }

  of(conversation: string): readonly Entry[] {
    return this.#entries.get(conversation) ?? [];
  }

  lastSeq(conversation: string): number {
    return this.of(conversation).at(-1)?.seq ?? 0;
  }

  add(entry: Entry): void {
    const entries = [...this.of(entry.conversation), entry].sort((one, other) => one.seq - other.seq);
    this.#entries.set(entry.conversation, entries);
  }

  /** As when its retention has passed. */
  remove(conversation: string, seq: number): void {
    this.#entries.set(
      conversation,
      this.of(conversation).filter((entry) => entry.seq !== seq),
    );
  }

  /** As when the API is deployed anew, with empty tables. */
  clear(): void {
    this.#entries.clear();
  }

  message(conversation: string, seq: number): Message {
    const found = this.of(conversation).find((entry) => entry.seq === seq);
    if (found?.type === "message") return found;
    throw new ChatError("not_found", `There is no message ${seq} in this conversation.`);
  }

  /** Carries an amendment over to its message, and takes the words of a deleted one out of its edits. */
  amend(amendment: Edit | Deletion): void {
    const { conversation, of, sentAt } = amendment;
    const changed = this.of(conversation).map((entry): Entry => {
      if (entry.type === "message" && entry.seq === of) {
        if (amendment.type === "edit") return { ...entry, content: amendment.content, editedAt: sentAt };
        return { ...entry, content: "", deletedAt: sentAt };
      }
      const isWithdrawn = amendment.type === "deletion" && entry.type === "edit" && entry.of === of;
      return isWithdrawn ? { ...entry, content: "" } : entry;
    });
    this.#entries.set(conversation, changed);
  }

  page(conversation: string, { limit = 50, cursor }: Asked<"getMessages">): AckFields["getMessages"] {
    const { before = Number.POSITIVE_INFINITY, after } = cursor === undefined ? {} : placeOf(cursor);
    const all = this.of(conversation);
    const within = all.filter(({ seq }) => seq < before && seq > (after ?? 0));
    const entries = after === undefined ? within.slice(-limit) : within.slice(0, limit);
    const [first, last] = [entries[0], entries.at(-1)];
    return {
      conversation,
      seq: this.lastSeq(conversation),
      entries,
      ...(first && first !== all[0] ? { older: cursorTo({ before: first.seq }) } : {}),
      ...(last && last !== all.at(-1) ? { newer: cursorTo({ after: last.seq }) } : {}),
    };
  }

  /** `mostEntries`: how many one answer carries, over all conversations. */
  resume({ conversations }: Asked<"resume">, mostEntries: number): AckFields["resume"] {
    let left = mostEntries;
    return {
      conversations: conversations.map(({ conversation, after }) => {
        const seq = this.lastSeq(conversation);
        if (after >= seq) return { conversation, seq, entries: [], recovered: after === seq, more: false };
        if (left <= 0) return { conversation, seq, entries: [], recovered: true, more: true };
        const within = this.of(conversation).filter((entry) => entry.seq > after);
        const entries = within.slice(0, Math.min(left, LIMITS.pageOfMessages.most));
        left -= entries.length;
        const more = entries.length < within.length;
        return { conversation, seq, entries, recovered: entries[0]?.seq === after + 1, more };
      }),
    };
  }
}
