// With whom this person talks in private, what they are called, and who has said something new.
import { directConversation, participantsOf } from "#protocol/conversations.ts";
import type { Entry, Person } from "#protocol/messages.ts";
import type { Roster } from "./roster.ts";

interface PrivatePerson {
  readonly userId: string;
  readonly isNew: boolean;
}

export interface PrivateRow {
  readonly person: Person;
  readonly isHere: boolean;
  readonly isNew: boolean;
  readonly isShown: boolean;
}

export class PrivatePeople {
  readonly #people = new Map<string, PrivatePerson>();
  readonly #names = new Map<string, Person>();

  /** The last to have spoken first; `shown` is whose conversation is before the reader's eyes. */
  rows(roster: Roster, shown: string | undefined): readonly PrivateRow[] {
    return [...this.#people.values()].reverse().map(({ userId, isNew }) => ({
      person: roster.get(userId) ?? this.called(userId),
      isHere: roster.has(userId),
      isNew: isNew && userId !== shown,
      isShown: userId === shown,
    }));
  }

  /** Whatever names they have shown us so far. */
  called(userId: string): Person {
    return this.#names.get(userId) ?? { id: userId };
  }

  /** True when it tells a new name. */
  named(person: Person): boolean {
    if (person.name === undefined || this.#names.get(person.id)?.name === person.name) return false;
    this.#names.set(person.id, person);
    return true;
  }

  add(userId: string, isNew: boolean): void {
    const before = this.#people.get(userId);
    if (before === undefined || isNew) this.#people.delete(userId);
    this.#people.set(userId, { userId, isNew: isNew || (before?.isNew ?? false) });
  }

  /** Moves to the front who speaks or is spoken to. */
  said({ conversation }: Entry, me: string, isNew: boolean): void {
    const userId = otherIn(conversation, me);
    if (userId === undefined) return;
    const wasNew = this.#people.get(userId)?.isNew ?? false;
    this.#people.delete(userId);
    this.#people.set(userId, { userId, isNew: isNew || wasNew });
  }

  seen(userId: string): void {
    const before = this.#people.get(userId);
    if (before !== undefined) this.#people.set(userId, { ...before, isNew: false });
  }
}

/** The other of the two; undefined for what is no private conversation of ours with somebody else. */
export function otherIn(conversation: string, me: string): string | undefined {
  const other = participantsOf(conversation).find((userId) => userId !== me);
  return other !== undefined && directConversation(me, other) === conversation ? other : undefined;
}
