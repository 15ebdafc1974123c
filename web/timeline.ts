// The order of what is shown. Pure: the view draws it.
import type { Message } from "#protocol/messages.ts";

/** `seq` is missing while a message is on its way to the server. */
export type ShownMessage = Omit<Message, "seq"> & { readonly seq?: number };

export interface Entry {
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  readonly message?: ShownMessage;
  readonly note?: string;
}

/** The sender's id for a message stays the same from the first attempt to the stored message. */
export function keyOf({ sender, id, conversation }: Pick<Message, "sender" | "id" | "conversation">): string {
  return `${conversation} ${sender.id} ${id}`;
}

/** Within a conversation the server's order decides; between conversations, and for notes, the clock. */
export function comesAfter(entry: Entry, other: Entry): boolean {
  const one = entry.message;
  const two = other.message;
  if (one !== undefined && two !== undefined) {
    if (one.seq === undefined) return true;
    if (two.seq === undefined) return false;
    if (one.conversation === two.conversation) return one.seq > two.seq;
  }
  return entry.at >= other.at;
}

/** Where it belongs in a list that is in order: most entries are new, so the search begins at the end. */
export function placeOf(entries: readonly Entry[], entry: Entry): number {
  const before = entries.findLastIndex((other) => comesAfter(entry, other));
  return before + 1;
}

const TOGETHER_MS = 5 * 60_000;

/** Shown without repeating the sender: the same person went on speaking. */
export function continues(entry: Entry, previous: Entry | undefined): boolean {
  if (entry.message === undefined || previous?.message === undefined) return false;
  const sameVoice =
    entry.message.sender.id === previous.message.sender.id &&
    entry.message.sender.name === previous.message.sender.name &&
    entry.message.conversation === previous.message.conversation;
  return sameVoice && Date.parse(entry.at) - Date.parse(previous.at) < TOGETHER_MS && isSameDay(entry, previous);
}

export function isSameDay(entry: Entry, previous: Entry): boolean {
  return new Date(entry.at).toDateString() === new Date(previous.at).toDateString();
}
