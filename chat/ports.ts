// What chat needs of the world. Each port is one thing that is kept or done; `aws/` has one file for each.
import type { DialectName } from "#protocol/dialects/dialect.ts";
import type { Message, Person } from "#protocol/messages.ts";

/** A socket that is open as far as we know. It stops counting when its time to live has passed, whether `$disconnect` came or not. */
export interface Connection {
  readonly connectionId: string;
  /** Of a client that named no user: its connection id. */
  readonly userId: string;
  readonly name?: string;
  readonly dialect?: DialectName;
  /** Milliseconds since 1970, as API Gateway says. */
  readonly connectedAt: number;
  /** What it has joined; the lobby among them. */
  readonly conversations: readonly string[];
}

/** A connection in a conversation: what a push to it needs, so that an audience is one query. */
export interface Member {
  readonly connectionId: string;
  readonly userId: string;
  readonly name?: string;
  readonly dialect?: DialectName;
}

export interface Connections {
  add(connection: Connection): Promise<void>;
  /** Strongly consistent; undefined when unknown or expired. */
  get(connectionId: string): Promise<Connection | undefined>;
  /** Every open connection of a user; a moment behind what was just written. */
  ofUser(userId: string): Promise<readonly Connection[]>;
  /** Every open connection of that name, the longest open first; a moment behind. */
  named(name: string): Promise<readonly Connection[]>;
  /** The connection with what changed; undefined when it is not there (any more). */
  change(
    connectionId: string,
    change: { readonly name?: string; readonly dialect?: DialectName },
  ): Promise<Connection | undefined>;
  /** Notes the conversation on the connection, and answers with the connection as it then is: `full` when that would be more than `most`. */
  noteJoined(connectionId: string, conversation: string, most: number): Promise<Connection | "full" | "not_connected">;
  noteLeft(connectionId: string, conversation: string): Promise<void>;
  /** Removes it and says what it was; undefined when another was first. */
  remove(connectionId: string): Promise<Connection | undefined>;
}

export interface Memberships {
  add(conversation: string, member: Member): Promise<void>;
  /** True when it was there. */
  remove(conversation: string, connectionId: string): Promise<boolean>;
  /** Everyone in the conversation, expired ones left out; strongly consistent. */
  audience(conversation: string): Promise<readonly Member[]>;
  /** The conversations a connection is in, found without its connection row; a moment behind. */
  ofConnection(connectionId: string): Promise<readonly string[]>;
  /** Carries a change of the connection over to its membership; nothing when it has left. */
  change(
    conversation: string,
    connectionId: string,
    change: { readonly name?: string; readonly dialect?: DialectName },
  ): Promise<void>;
}

/** A message before the store has numbered it. */
export type Draft = Omit<Message, "seq">;

export interface Page {
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly more: boolean;
}

export interface Messages {
  /**
   * Numbers and stores the draft: when it returns, the message is kept. The same `clientId` of the same user again stores
   * nothing and returns the first message with `again: true`.
   */
  append(draft: Draft, clientId: string | undefined): Promise<{ readonly message: Message; readonly again: boolean }>;
  /** The conversation's last seq, 0 when it has none. */
  lastSeq(conversation: string): Promise<number>;
  /** The `limit` messages next to one end: older than `before`, newer than `after`, or the newest of all. */
  page(
    conversation: string,
    range: { readonly limit: number; readonly before?: number; readonly after?: number },
  ): Promise<Page>;
}

/** What became of one frame to one connection. `gone`: there is no such connection; `failed`: tried, and given up. */
export type PostOutcome = "sent" | "gone" | "failed";

export interface Poster {
  /** Never throws for one recipient's sake. */
  post(connectionId: string, frame: string): Promise<PostOutcome>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Ids {
  /** Unique, no order promised. */
  create(): string;
}

export interface Ports {
  readonly connections: Connections;
  readonly memberships: Memberships;
  readonly messages: Messages;
  readonly poster: Poster;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How many posts are under way at once. */
  readonly postConcurrency: number;
}

export function personOf(someone: { readonly userId: string; readonly name?: string }): Person {
  return someone.name === undefined ? { id: someone.userId } : { id: someone.userId, name: someone.name };
}

/** A person once, however many connections they have – with the name that one of these has – by name. */
export function peopleOf(members: readonly Member[]): readonly Person[] {
  const people = new Map<string, Person>();
  for (const member of members) {
    if (!people.get(member.userId)?.name) people.set(member.userId, personOf(member));
  }
  return [...people.values()].sort((a, b) => compare(a.name ?? a.id, b.name ?? b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
