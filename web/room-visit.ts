// Entering the room that is set, with the history that leads up to now. After a reconnect the client itself is back in it.
import type { Client } from "#client/client.ts";
import { roomConversation } from "#protocol/conversations.ts";
import { attempt } from "./attempt.ts";
import { PAGE_ENTRIES } from "./read-past.ts";
import type { Thread } from "./thread.ts";

export class RoomVisit {
  readonly #client: Client;
  readonly #threadOf: (conversation: string) => Thread;
  /** Anew each time: who goes away and comes back is not served by the answer of before. */
  #entering: { readonly room: string } | undefined;
  #entered: string | undefined;

  constructor(client: Client, threadOf: (conversation: string) => Thread) {
    this.#client = client;
    this.#threadOf = threadOf;
  }

  /** What comes now is said now, and not history. */
  get isInside(): boolean {
    return this.#entered !== undefined;
  }

  /** The room's thread; undefined when we are there already, about to be, or meanwhile bound for another room. */
  async enter(room: string): Promise<Thread | undefined> {
    if (this.#entered === room || this.#entering?.room === room) return undefined;
    const entering = { room };
    this.#entering = entering;
    this.#entered = undefined;
    const thread = this.#threadOf(roomConversation(room));
    // The history is no news to be read aloud.
    thread.list.setAttribute("aria-live", "off");
    const joined = await attempt(this.#client.joinRoom(room, { history: PAGE_ENTRIES }));
    if (this.#entering !== entering) return undefined;
    this.#entering = undefined;
    if (joined === undefined) return undefined;
    this.#entered = room;
    thread.past = joined;
    thread.list.setAttribute("aria-live", "polite");
    return thread;
  }
}
