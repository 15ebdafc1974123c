// How many people are in each room we are in: what the last join said, and every change since.
import type { Ack, Push } from "#protocol/messages.ts";

export class RoomSizes {
  readonly #people = new Map<string, Set<string>>();

  joined({ conversation, members }: Pick<Ack<"joinRoom">, "conversation" | "members">): void {
    this.#people.set(conversation, new Set(members.map(({ id }) => id)));
  }

  changed({ conversation, event, user }: Extract<Push, { readonly type: "presence" }>): void {
    const people = this.#people.get(conversation);
    if (event === "leave") people?.delete(user.id);
    else people?.add(user.id);
  }

  left(conversation: string): void {
    this.#people.delete(conversation);
  }

  /** Undefined for what is no room we are in. */
  of(conversation: string): number | undefined {
    return this.#people.get(conversation)?.size;
  }
}
