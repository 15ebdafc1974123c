// Every conversation this client has seen, and the fetching of what is missing in between: after a reconnect at once, after a
// push out of turn only when the missing one does not come by itself.
import type { Ack, Message } from "#protocol/messages.ts";
import { Conversation, type Gap } from "./conversation.ts";
import { reconnectDelayMs } from "./reconnect.ts";
import { RequestError } from "./request-error.ts";
import type { Cancel, Timers } from "./timers.ts";

export interface ConversationGap extends Gap {
  readonly conversation: string;
}

export interface ConversationPorts {
  readonly timers: Timers;
  readonly random: () => number;
  /** A page of what comes after `after`, oldest first. */
  fetch(conversation: string, after: number): Promise<Ack<"getMessages">>;
  deliver(message: Message): void;
  gap(gap: ConversationGap): void;
  problem(error: RequestError): void;
}

/** Pushes overtake each other by milliseconds; asking the store costs a billed message. */
export const GAP_PATIENCE_MS = 400;

interface Tracked {
  readonly name: string;
  readonly conversation: Conversation;
  looking: boolean;
  failures: number;
  cancelLook: Cancel | undefined;
}

export class Conversations {
  readonly #ports: ConversationPorts;
  readonly #tracked = new Map<string, Tracked>();

  constructor(ports: ConversationPorts) {
    this.#ports = ports;
  }

  isTracked(name: string): boolean {
    return this.#tracked.has(name);
  }

  /** Keeps pushes back until `start`, because the first of them may overtake the answer that says where to begin. */
  expect(name: string): void {
    if (!this.#tracked.has(name)) this.#track(name);
  }

  /** Begins after `after`, with `history`, the messages that lead up to it. */
  start(name: string, after: number, history: readonly Message[] = []): void {
    const tracked = this.#tracked.get(name) ?? this.#track(name);
    const [first] = history;
    this.#deliver(tracked.conversation.startAfter(first === undefined ? after : first.seq - 1));
    this.#deliver(tracked.conversation.settle(history, after).messages);
    this.#lookIfBlocked(tracked);
  }

  receive(message: Message): void {
    const known = this.#tracked.get(message.conversation);
    const tracked = known ?? this.#track(message.conversation);
    const { conversation } = tracked;
    this.#deliver(known === undefined ? conversation.startWith(message) : conversation.accept(message));
    this.#lookIfBlocked(tracked);
  }

  /** A fresh connection: whatever was said meanwhile is fetched. */
  catchUp(): void {
    for (const tracked of this.#tracked.values())
      if (tracked.conversation.last !== undefined) this.#lookAfter(tracked, 0);
  }

  /** The connection is gone: `catchUp` will come. */
  pause(): void {
    for (const tracked of this.#tracked.values()) this.#cancelLook(tracked);
  }

  forget(name: string): void {
    const tracked = this.#tracked.get(name);
    if (tracked !== undefined) this.#cancelLook(tracked);
    this.#tracked.delete(name);
  }

  #track(name: string): Tracked {
    const tracked = { name, conversation: new Conversation(), looking: false, failures: 0, cancelLook: undefined };
    this.#tracked.set(name, tracked);
    return tracked;
  }

  #deliver(messages: readonly Message[]): void {
    for (const message of messages) this.#ports.deliver(message);
  }

  #lookIfBlocked(tracked: Tracked): void {
    if (tracked.looking || tracked.cancelLook !== undefined) return;
    if (tracked.conversation.highestWaiting !== undefined) this.#lookAfter(tracked, GAP_PATIENCE_MS);
  }

  #cancelLook(tracked: Tracked): void {
    tracked.cancelLook?.();
    tracked.cancelLook = undefined;
  }

  #lookAfter(tracked: Tracked, delayMs: number): void {
    this.#cancelLook(tracked);
    const look = () => {
      tracked.cancelLook = undefined;
      if (!tracked.looking) void this.#look(tracked, delayMs === 0);
    };
    if (delayMs === 0) look();
    else tracked.cancelLook = this.#ports.timers.after(delayMs, look);
  }

  /** `always`: even when nothing waits, because pushes may have been missed altogether. */
  async #look(tracked: Tracked, always: boolean): Promise<void> {
    tracked.looking = true;
    try {
      let more = always || tracked.conversation.highestWaiting !== undefined;
      while (more && this.#tracked.get(tracked.name) === tracked) more = await this.#fetchPage(tracked);
      tracked.looking = false;
      tracked.failures = 0;
      if (this.#tracked.get(tracked.name) === tracked) this.#lookIfBlocked(tracked);
    } catch (error) {
      tracked.looking = false;
      this.#failed(tracked, error);
    }
  }

  async #fetchPage({ name, conversation }: Tracked): Promise<boolean> {
    const after = conversation.last ?? 0;
    // Asked for before this moment: a message that waits now was stored before the page is read, and so were all before it.
    const waiting = conversation.highestWaiting ?? 0;
    const page = await this.#ports.fetch(name, after);
    const lastOfPage = page.messages.at(-1)?.seq ?? after;
    const more = page.more && lastOfPage > after;
    const { messages, gaps } = conversation.settle(page.messages, more ? lastOfPage : Math.max(lastOfPage, waiting));
    for (const gap of gaps) this.#ports.gap({ conversation: name, ...gap });
    this.#deliver(messages);
    return more;
  }

  #failed(tracked: Tracked, error: unknown): void {
    if (!(error instanceof RequestError)) throw error;
    if (error.code === "closed" || this.#tracked.get(tracked.name) !== tracked) return;
    if (error.retryable) {
      tracked.failures += 1;
      this.#lookAfter(tracked, GAP_PATIENCE_MS + reconnectDelayMs(tracked.failures, this.#ports.random));
      return;
    }
    // Not ours to read (any more): what came by push is still worth more than nothing.
    this.#ports.problem(error);
    const { messages, gaps } = tracked.conversation.settle([], tracked.conversation.highestWaiting ?? 0);
    for (const gap of gaps) this.#ports.gap({ conversation: tracked.name, ...gap });
    this.#deliver(messages);
  }
}
