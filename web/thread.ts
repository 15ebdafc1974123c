// One conversation on the page: a list of lines, each in its place, each once, as the messages are now. It goes on while another is shown.
import type { Deletion, Edit, Entry, Message } from "#protocol/messages.ts";
import { create } from "./element.ts";
import { type Delivery, drawDelivery, drawLine, drawPosition } from "./line-view.ts";
import type { MessageActions } from "./message-actions.ts";
import type { ReadingPosition } from "./reading-position.ts";
import { amended, continues, isSameDay, keyOf, type Line, placeOf, type ShownMessage } from "./timeline.ts";

export interface ThreadPorts {
  readonly position: ReadingPosition;
  readonly actions: MessageActions;
  me(): string;
}

/** What leads up to the lines: not asked for yet, or here as far as `older`, where more of it goes on. */
export type Past = "unknown" | { readonly earlier: boolean; readonly older?: string };

export class Thread {
  readonly list = create("ol");
  past: Past = "unknown";
  readonly #ports: ThreadPorts;
  #lines: Line[] = [];
  readonly #items = new Map<string, HTMLLIElement>();
  /** Also those of messages that are further up than we have read. */
  #amendments: (Edit | Deletion)[] = [];
  readonly #deliveries = new Map<string, Delivery>();
  #marked: string | undefined;
  #notes = 0;

  constructor(ports: ThreadPorts) {
    this.#ports = ports;
  }

  get isEmpty(): boolean {
    return !this.#lines.some(({ message }) => message !== undefined);
  }

  /** Our last message that is stored and still stands. */
  get lastOwn(): (ShownMessage & { readonly seq: number }) | undefined {
    const me = this.#ports.me();
    const found = this.#lines.findLast(
      ({ message }) => message?.seq !== undefined && message.sender.id === me && message.deletedAt === undefined,
    )?.message;
    return found?.seq === undefined ? undefined : { ...found, seq: found.seq };
  }

  clear(): void {
    this.#lines = [];
    this.#amendments = [];
    this.#items.clear();
    this.#deliveries.clear();
    this.list.replaceChildren();
    this.past = "unknown";
  }

  /** An entry from the server; `isNews`: said just now, not read from the past. */
  take(entry: Entry, { isNews }: { readonly isNews: boolean }): void {
    if (entry.type === "message") this.#show(entry, isNews);
    else this.#amend(entry);
  }

  /** Our own message on its way, or not. */
  showSending(message: ShownMessage, delivery: Delivery): void {
    const key = keyOf(message);
    const shown = this.#lines.find((line) => line.key === key);
    if (shown?.message?.seq !== undefined) return;
    this.#deliveries.set(key, delivery);
    this.#during(
      () => drawDelivery(this.#items.get(key) ?? this.#insert({ key, at: message.sentAt, message }), delivery),
      { toEnd: shown === undefined },
    );
  }

  /** Under our last message: how far the others have got. Of one we did not see being sent, "Sent" is not worth saying. */
  showMark(words: (message: { readonly conversation: string; readonly seq: number }) => string): void {
    const own = this.lastOwn;
    const key = own && keyOf(own);
    if (this.#marked !== undefined && this.#marked !== key) this.#drawDelivery(this.#marked, undefined);
    this.#marked = key;
    if (own === undefined || key === undefined) return;
    const mark = words(own);
    const isKnown = mark !== "Sent" || this.#deliveries.has(key);
    this.#drawDelivery(key, isKnown ? { status: "stored", mark } : undefined);
  }

  note(note: string): void {
    this.#notes += 1;
    const line = { key: `note ${this.#notes}`, at: new Date().toISOString(), note };
    this.#during(() => this.#insert(line));
  }

  #show({ type: _, ...stored }: Message, isNews: boolean): void {
    const message = this.#amendments
      .filter(({ conversation, of }) => conversation === stored.conversation && of === stored.seq)
      .reduce<ShownMessage>(amended, stored);
    const line = { key: keyOf(message), at: message.sentAt, message };
    const shown = this.#lines.find(({ key }) => key === line.key);
    if (shown?.message?.seq !== undefined) return;
    const isOwn = message.sender.id === this.#ports.me();
    this.#during(
      () => {
        if (shown !== undefined) this.#remove(shown.key);
        this.#insert(line);
      },
      { isNews: isNews && !isOwn },
    );
  }

  #amend(amendment: Edit | Deletion): void {
    this.#amendments.push(amendment);
    const { conversation, of } = amendment;
    const place = this.#lines.findIndex(({ message }) => message?.conversation === conversation && message.seq === of);
    const line = this.#lines[place];
    if (line?.message === undefined) return;
    const message = amended(line.message, amendment);
    if (message === line.message) return;
    const changed = { ...line, message };
    this.#lines[place] = changed;
    this.#during(() => {
      const item = this.#draw(changed);
      this.#items.get(line.key)?.replaceWith(item);
      this.#items.set(line.key, item);
      this.#reposition(place);
    });
  }

  #during(change: () => void, options: { isNews?: boolean; toEnd?: boolean } = {}): void {
    if (this.list.isConnected) this.#ports.position.during(change, options);
    else change();
  }

  #draw(line: Line): HTMLLIElement {
    const isOwn = line.message?.sender.id === this.#ports.me();
    return drawLine(line, { isOwn, actions: this.#ports.actions });
  }

  #drawDelivery(key: string, delivery: Delivery | undefined): void {
    const item = this.#items.get(key);
    if (item !== undefined) this.#during(() => drawDelivery(item, delivery));
  }

  #insert(line: Line): HTMLLIElement {
    const place = placeOf(this.#lines, line);
    const item = this.#draw(line);
    // seen to come in; not once more when the conversation is shown again
    if (this.list.isConnected) item.classList.add("arriving");
    item.addEventListener("animationend", () => item.classList.remove("arriving"));
    const next = this.#lines[place];
    this.list.insertBefore(item, (next && this.#items.get(next.key)) ?? null);
    this.#lines.splice(place, 0, line);
    this.#items.set(line.key, item);
    this.#reposition(place);
    this.#reposition(place + 1);
    return item;
  }

  #remove(key: string): void {
    const place = this.#lines.findIndex((line) => line.key === key);
    this.#lines.splice(place, 1);
    this.#items.get(key)?.remove();
    this.#items.delete(key);
    this.#reposition(place);
  }

  #reposition(place: number): void {
    const line = this.#lines[place];
    const item = line && this.#items.get(line.key);
    if (line === undefined || item === undefined) return;
    const previous = this.#lines[place - 1];
    const newDay = previous === undefined ? line.message !== undefined : !isSameDay(line, previous);
    drawPosition(item, line.at, { continued: continues(line, previous), newDay });
  }
}
