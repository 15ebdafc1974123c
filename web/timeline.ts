// The order of what is shown, and what becomes of a message that is changed. Pure: the view draws it.
import type { Deletion, Edit, Message } from "#protocol/messages.ts";

/** `seq` is missing while a message is on its way to the server. */
export type ShownMessage = Omit<Message, "seq" | "type"> & { readonly seq?: number };

/** One line of a conversation: a message, or a note such as "Ann joined". */
export interface Line {
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
export function comesAfter(line: Line, other: Line): boolean {
  const one = line.message;
  const two = other.message;
  if (one !== undefined && two !== undefined) {
    if (one.seq === undefined) return true;
    if (two.seq === undefined) return false;
    if (one.conversation === two.conversation) return one.seq > two.seq;
  }
  return line.at >= other.at;
}

/** Where it belongs in a list that is in order: most lines are new, so the search begins at the end. */
export function placeOf(lines: readonly Line[], line: Line): number {
  const before = lines.findLastIndex((other) => comesAfter(line, other));
  return before + 1;
}

const TOGETHER_MS = 5 * 60_000;

/** Shown without repeating the sender: the same person went on speaking. */
export function continues(line: Line, previous: Line | undefined): boolean {
  if (line.message === undefined || previous?.message === undefined) return false;
  const sameVoice =
    line.message.sender.id === previous.message.sender.id &&
    line.message.sender.name === previous.message.sender.name &&
    line.message.conversation === previous.message.conversation;
  return sameVoice && Date.parse(line.at) - Date.parse(previous.at) < TOGETHER_MS && isSameDay(line, previous);
}

export function isSameDay(line: Line, previous: Line): boolean {
  return new Date(line.at).toDateString() === new Date(previous.at).toDateString();
}

/** The message as it is after an edit or deletion. History brings it as it is now, and then its past edits: those change nothing. */
export function amended(message: ShownMessage, amendment: Edit | Deletion): ShownMessage {
  const { deletedAt, editedAt } = message;
  if (deletedAt !== undefined) return message;
  if (amendment.type === "deletion") return { ...message, content: "", deletedAt: amendment.sentAt };
  const isPast = editedAt !== undefined && editedAt > amendment.sentAt;
  // the words of an edit are taken out of it when its message is deleted
  if (isPast || amendment.content === "") return message;
  return { ...message, content: amendment.content, editedAt: amendment.sentAt };
}
