// The list of messages on the page: each in its place, each once.
import type { Message } from "#protocol/messages.ts";
import { byId } from "./element.ts";
import { type Delivery, drawDelivery, drawEntry, drawPosition } from "./entry-view.ts";
import type { ReadingPosition } from "./reading-position.ts";
import { continues, type Entry, isSameDay, keyOf, placeOf, type ShownMessage } from "./timeline.ts";

export class TimelineView {
  readonly #list = byId("messages", HTMLOListElement);
  readonly #position: ReadingPosition;
  readonly #me: () => string;
  #entries: Entry[] = [];
  readonly #items = new Map<string, HTMLLIElement>();
  #notes = 0;

  constructor(position: ReadingPosition, me: () => string) {
    this.#position = position;
    this.#me = me;
  }

  get isEmpty(): boolean {
    return !this.#entries.some(({ message }) => message !== undefined);
  }

  /** The lowest seq shown of a conversation. */
  oldestSeq(conversation: string): number | undefined {
    return this.#entries.find(({ message }) => message?.conversation === conversation)?.message?.seq;
  }

  clear(): void {
    this.#entries = [];
    this.#items.clear();
    this.#list.replaceChildren();
    this.#position.toEnd();
  }

  /** A message from the server; `isNews`: said just now, not read from the past. */
  show(message: Message, { isNews }: { readonly isNews: boolean }): void {
    const entry = { key: keyOf(message), at: message.sentAt, message };
    const shown = this.#entries.find(({ key }) => key === entry.key);
    if (shown?.message?.seq !== undefined) return;
    const isOwn = message.sender.id === this.#me();
    this.#position.during(
      () => {
        if (shown !== undefined) this.#remove(shown.key);
        this.#insert(entry, isOwn);
      },
      { isNews: isNews && !isOwn },
    );
  }

  /** Our own message on its way, or not. */
  showDelivery(message: ShownMessage, delivery: Delivery): void {
    const key = keyOf(message as Message);
    const shown = this.#entries.find((entry) => entry.key === key);
    if (shown?.message?.seq !== undefined) return;
    this.#position.during(
      () => {
        const item = this.#items.get(key) ?? this.#insert({ key, at: message.sentAt, message }, true);
        drawDelivery(item, delivery);
      },
      { toEnd: shown === undefined },
    );
  }

  note(note: string): void {
    this.#notes += 1;
    const entry = { key: `note ${this.#notes}`, at: new Date().toISOString(), note };
    this.#position.during(() => this.#insert(entry, false));
  }

  #insert(entry: Entry, isOwn: boolean): HTMLLIElement {
    const place = placeOf(this.#entries, entry);
    const item = drawEntry(entry, { isOwn });
    const next = this.#entries[place];
    this.#list.insertBefore(item, (next && this.#items.get(next.key)) ?? null);
    this.#entries.splice(place, 0, entry);
    this.#items.set(entry.key, item);
    this.#reposition(place);
    this.#reposition(place + 1);
    return item;
  }

  #remove(key: string): void {
    const place = this.#entries.findIndex((entry) => entry.key === key);
    this.#entries.splice(place, 1);
    this.#items.get(key)?.remove();
    this.#items.delete(key);
    this.#reposition(place);
  }

  #reposition(place: number): void {
    const entry = this.#entries[place];
    const item = entry && this.#items.get(entry.key);
    if (entry === undefined || item === undefined) return;
    const previous = this.#entries[place - 1];
    const newDay = previous === undefined ? entry.message !== undefined : !isSameDay(entry, previous);
    drawPosition(item, entry.at, { continued: continues(entry, previous), newDay });
  }
}
