// What people notice of each other: who is typing, and how far our words have been received and read – and what we tell of ourselves.
import type { Client } from "#client/client.ts";
import type { ClientEvents } from "#client/client-events.ts";
import { systemTimers } from "#client/timers.ts";
import type { Entry } from "#protocol/messages.ts";
import { byId } from "./element.ts";
import { Marks, markInWords } from "./marks.ts";
import { otherIn } from "./private-people.ts";
import { shownName } from "./roster.ts";
import type { Thread } from "./thread.ts";
import { Typists, typingInWords } from "./typists.ts";

export interface AttentionPorts {
  readonly client: Client;
  me(): string;
  threadOf(conversation: string): Thread;
  /** The conversation before the reader's eyes. */
  shown(): string;
  /** Whether others are to be told what was read there: among many, nobody wants to know. */
  tellsReading(conversation: string): boolean;
}

export class Attention {
  readonly #ports: AttentionPorts;
  readonly #marks = new Marks();
  readonly #typists: Typists;
  /** The highest seq in each conversation of what others said. */
  readonly #saidByOthers = new Map<string, number>();

  constructor(ports: AttentionPorts) {
    this.#ports = ports;
    this.#typists = new Typists(systemTimers, () => this.showTyping());
    ports.client.on("typing", ({ conversation, user }) => this.#typists.started(conversation, user));
    ports.client.on("receipt", (receipt) => this.#received(receipt));
  }

  /** An entry has taken its place. */
  said({ conversation, seq, sender }: Entry): void {
    this.#typists.stopped(conversation, sender.id);
    if (sender.id !== this.#ports.me()) {
      this.#saidByOthers.set(conversation, Math.max(seq, this.#saidByOthers.get(conversation) ?? 0));
    }
    this.showMark(conversation);
  }

  /** The reader sees the end of what is shown. Answers with the seq that is read by that. */
  read(): number {
    const conversation = this.#ports.shown();
    const seq = this.#saidByOthers.get(conversation) ?? 0;
    if (seq > 0 && this.#ports.tellsReading(conversation)) this.#ports.client.markRead(conversation, seq);
    return seq;
  }

  showTyping(): void {
    const names = this.#typists.in(this.#ports.shown()).map(shownName);
    const line = byId("typing", HTMLElement);
    line.classList.toggle("somebody", names.length > 0);
    byId("typing-text", HTMLElement).textContent = typingInWords(names);
  }

  showMark(conversation: string): void {
    const isPrivate = otherIn(conversation, this.#ports.me()) !== undefined;
    this.#ports.threadOf(conversation).showMark((message) => markInWords(this.#marks, { ...message, isPrivate }));
  }

  /** The conversation is numbered anew. */
  forget(conversation: string): void {
    this.#marks.forget(conversation);
    this.#saidByOthers.delete(conversation);
  }

  /** We do not hear from anybody any more. */
  deaf(): void {
    this.#typists.clear();
  }

  #received(receipt: ClientEvents["receipt"]): void {
    this.#marks.note(receipt);
    this.showMark(receipt.conversation);
  }
}
