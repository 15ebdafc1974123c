// How far the others have received and read each conversation, as they said while this page was open.
import type { Person, Push } from "#protocol/messages.ts";
import { shownName } from "./roster.ts";

type Receipt = Extract<Push, { readonly type: "receipt" }>;

interface Reached {
  readonly person: Person;
  readonly delivered: number;
  readonly read: number;
}

export class Marks {
  readonly #reached = new Map<string, Map<string, Reached>>();

  note({ conversation, seq, kind, user }: Receipt): void {
    const people = this.#reached.get(conversation) ?? new Map<string, Reached>();
    this.#reached.set(conversation, people);
    const before = people.get(user.id) ?? { delivered: 0, read: 0 };
    const delivered = Math.max(before.delivered, seq);
    const read = kind === "read" ? Math.max(before.read, seq) : before.read;
    people.set(user.id, { person: user, delivered, read });
  }

  forget(conversation: string): void {
    this.#reached.delete(conversation);
  }

  readBy(conversation: string, seq: number): readonly Person[] {
    return this.#those(conversation, ({ read }) => read >= seq);
  }

  deliveredTo(conversation: string, seq: number): readonly Person[] {
    return this.#those(conversation, ({ delivered }) => delivered >= seq);
  }

  #those(conversation: string, reached: (one: Reached) => boolean): readonly Person[] {
    return [...(this.#reached.get(conversation)?.values() ?? [])].filter(reached).map(({ person }) => person);
  }
}

/** What stands under our last message. Between two, "Read" says it all; among more, by whom. */
export function markInWords(
  marks: Marks,
  {
    conversation,
    seq,
    isPrivate,
  }: { readonly conversation: string; readonly seq: number; readonly isPrivate: boolean },
): string {
  const readers = marks.readBy(conversation, seq);
  if (readers.length > 0) return isPrivate ? "Read" : `Read by ${listed(readers.map(shownName))}`;
  return marks.deliveredTo(conversation, seq).length > 0 ? "Delivered" : "Sent";
}

function listed(names: readonly string[]): string {
  const [one = "", two, ...more] = names;
  if (two === undefined) return one;
  return more.length === 0 ? `${one} and ${two}` : `${names.length} people`;
}
