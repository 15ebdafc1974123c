// Every conversation this client takes part in: which entries of it the app gets, and where it begins.
import { kindOf } from "#protocol/conversations.ts";
import type { AckFields, Entry } from "#protocol/messages.ts";
import { Conversation, type Gap } from "./conversation.ts";
import { Recovery, type Resume } from "./recovery.ts";
import type { RequestError } from "./request-error.ts";
import type { Timers } from "./timers.ts";

/** What the app cannot be given, in place of which it gets this. */
export type ConversationGap = { readonly conversation: string } & (
  | ({ /** The entries `from` to `to` are not kept any more, or may not be read. */ readonly kind: "lost" } & Gap)
  | {
      /** The store behind the API is another: it numbers the conversation anew, and what it has follows from the beginning. */
      readonly kind: "restarted";
    }
);

export interface ConversationsPorts {
  readonly timers: Timers;
  readonly random: () => number;
  readonly resume: Resume;
  deliver(entry: Entry): void;
  gap(gap: ConversationGap): void;
  problem(error: RequestError): void;
}

export interface Tracked {
  readonly name: string;
  readonly conversation: Conversation;
}

type Listed = AckFields["conversations"]["conversations"];

export class Conversations {
  readonly #ports: ConversationsPorts;
  readonly #recovery: Recovery;
  readonly #tracked = new Map<string, Tracked>();
  /** Conversations whose beginning somebody is about to say. */
  readonly #expected = new Set<string>();
  #listed = false;

  constructor(ports: ConversationsPorts) {
    this.#ports = ports;
    this.#recovery = new Recovery({
      ...ports,
      isTracked: (tracked) => this.#tracked.get(tracked.name) === tracked,
    });
  }

  /** Keeps pushes back until `start`, because the first of them may overtake the answer that says where to begin. */
  expect(name: string): void {
    if (this.#tracked.has(name)) return;
    this.#expected.add(name);
    this.#track(name);
  }

  /** Begins after `after`, with `history`, the entries that lead up to it. */
  start(name: string, after: number, history: readonly Entry[] = []): void {
    const tracked = this.#tracked.get(name) ?? this.#track(name);
    const [first] = history;
    this.#expected.delete(name);
    this.#deliver(tracked.conversation.startAfter(first === undefined ? after : first.seq - 1));
    // a hole in the history is none in what follows
    this.#deliver(tracked.conversation.settle(history, after).filter((step) => "seq" in step));
    this.#recovery.ifBlocked(tracked);
  }

  receive(entry: Entry): void {
    const tracked = this.#tracked.get(entry.conversation) ?? this.#appearing(entry.conversation);
    if (tracked === undefined) return;
    this.#deliver(tracked.conversation.accept(entry));
    this.#recovery.ifBlocked(tracked);
  }

  /**
   * The server's list of our conversations. Those on the first one begin now – or with the first entry pushed before the list came –;
   * one that is not on it, or only on a later one, is new, and begins with its first entry.
   */
  listed(list: Listed): void {
    const isFirst = !this.#listed;
    this.#listed = true;
    const found = list.filter(({ conversation }) => beginsByItself(conversation) && !this.#hasBegun(conversation));
    for (const { conversation, seq } of found) {
      const held = this.#tracked.get(conversation)?.conversation.lowestWaiting ?? seq + 1;
      this.start(conversation, isFirst ? Math.min(seq, held - 1) : 0);
    }
    for (const { name } of this.#tracked.values()) if (!this.#hasBegun(name)) this.start(name, 0);
    const behind = found.flatMap(({ conversation, seq }) => {
      const tracked = this.#tracked.get(conversation);
      return tracked !== undefined && (tracked.conversation.last ?? 0) < seq ? [tracked] : [];
    });
    this.#recovery.catchUp(behind);
  }

  /** A fresh connection: whatever was said meanwhile is fetched. */
  catchUp(): void {
    this.#recovery.catchUp([...this.#tracked.values()].filter(({ conversation }) => conversation.last !== undefined));
  }

  /** The connection is gone: `catchUp` will come. */
  pause(): void {
    this.#recovery.pause();
  }

  forget(name: string): void {
    const tracked = this.#tracked.get(name);
    this.#tracked.delete(name);
    this.#expected.delete(name);
    if (tracked !== undefined) this.#recovery.forget(tracked);
  }

  /** A conversation nobody announced. What is still pushed of a room that was left is not for us. */
  #appearing(name: string): Tracked | undefined {
    if (!beginsByItself(name)) return undefined;
    const tracked = this.#track(name);
    if (this.#listed) tracked.conversation.startAfter(0);
    return tracked;
  }

  #track(name: string): Tracked {
    const tracked = { name, conversation: new Conversation() };
    this.#tracked.set(name, tracked);
    return tracked;
  }

  /** True also of what somebody else is about to begin. */
  #hasBegun(name: string): boolean {
    return this.#expected.has(name) || this.#tracked.get(name)?.conversation.last !== undefined;
  }

  #deliver(entries: readonly Entry[]): void {
    for (const entry of entries) this.#ports.deliver(entry);
  }
}

/** Rooms are joined; of all others the server makes us a part. */
function beginsByItself(name: string): boolean {
  return kindOf(name) !== "room";
}
