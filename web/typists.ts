// Who is typing where. Nobody says that they have stopped: it shows by the silence, or by the message.
import type { Cancel, Timers } from "#client/timers.ts";
import { TYPING_QUIET_MS } from "#client/typing.ts";
import type { Person } from "#protocol/messages.ts";

/** It is said again every three seconds while it lasts; a little more, for the way. */
export const TYPING_SHOWN_MS = TYPING_QUIET_MS + 2_000;

interface Typist {
  readonly person: Person;
  readonly cancel: Cancel;
}

export class Typists {
  readonly #timers: Timers;
  readonly #changed: (conversation: string) => void;
  readonly #typists = new Map<string, Map<string, Typist>>();

  constructor(timers: Timers, changed: (conversation: string) => void) {
    this.#timers = timers;
    this.#changed = changed;
  }

  /** Those who have been typing longest first. */
  in(conversation: string): readonly Person[] {
    return [...(this.#typists.get(conversation)?.values() ?? [])].map(({ person }) => person);
  }

  started(conversation: string, person: Person): void {
    const typists = this.#typists.get(conversation) ?? new Map<string, Typist>();
    this.#typists.set(conversation, typists);
    typists.get(person.id)?.cancel();
    const cancel = this.#timers.after(TYPING_SHOWN_MS, () => this.stopped(conversation, person.id));
    typists.set(person.id, { person, cancel });
    this.#changed(conversation);
  }

  stopped(conversation: string, userId: string): void {
    const typists = this.#typists.get(conversation);
    typists?.get(userId)?.cancel();
    if (typists?.delete(userId)) this.#changed(conversation);
  }

  /** We do not hear from anybody any more. */
  clear(): void {
    for (const [conversation, typists] of this.#typists) {
      for (const userId of [...typists.keys()]) this.stopped(conversation, userId);
    }
  }
}

export function typingInWords(names: readonly string[]): string {
  const [one, two, ...more] = names;
  if (one === undefined) return "";
  if (two === undefined) return `${one} is typing…`;
  if (more.length === 0) return `${one} and ${two} are typing…`;
  return "Several people are typing…";
}
