// What chat needs of the world. Each port is one thing that is kept or done; `aws/` has one file for each.
import type { DialectName } from "#protocol/dialects/dialect.ts";
import type { Deletion, Edit, Entry, Person } from "#protocol/messages.ts";
import type { Inboxes } from "./inbox-port.ts";
import type { Poster, Resting } from "./post-ports.ts";
import type { Leases, Pumps } from "./pump-ports.ts";
import type { LargeAudiences, Signals, Told } from "./signal-ports.ts";

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
  /** Of its identity; both only where tokens are asked for. */
  readonly expiresAt?: number;
  readonly rooms?: readonly string[];
}

/** Who somebody is, by their token. */
export interface Identity {
  readonly userId: string;
  readonly name?: string;
  /** Rooms the user is a member of: names, or how they begin and a `*`. */
  readonly rooms?: readonly string[];
  /** Milliseconds since 1970, the allowed clock skew included. */
  readonly expiresAt: number;
}

/** A connection in a conversation: what a push to it needs, so that an audience is one query. */
export interface Member {
  readonly connectionId: string;
  readonly userId: string;
  readonly name?: string;
  readonly dialect?: DialectName;
  /** When it came, in milliseconds since 1970, where that is known: who has just come may not be there yet for a post. */
  readonly since?: number;
  /** Of its identity. Nobody finds a member whose identity has expired. */
  readonly expiresAt?: number;
}

/** Some of those who are in a conversation. */
export interface Crowd {
  readonly members: readonly Member[];
  /** Over how many shards the conversation's members are spread. */
  readonly shards: number;
}

export interface MemberPage {
  readonly members: readonly Member[];
  /** Where the next page goes on; undefined when this is the last. */
  readonly next?: string;
}

export interface Connections {
  /** The connection is known, and a device of its user; nothing of that when the user is banned. */
  add(connection: Connection): Promise<"added" | "banned">;
  /** Every open connection of that name, the one that has had it longest first; a moment behind. */
  named(name: string): Promise<readonly Connection[]>;
  /** The connection with what changed. When it is not there (any more), or its user is banned, nothing does. */
  change(
    connection: Connection,
    change: {
      readonly name?: string;
      readonly dialect?: DialectName;
      readonly rooms?: readonly string[];
      readonly expiresAt?: number;
    },
  ): Promise<Connection | "banned" | "not_connected">;
  /** Notes the conversation on the connection, and answers with the connection as it then is: `full` when that would be more than `most`. */
  noteJoined(connectionId: string, conversation: string, most: number): Promise<Connection | "full" | "not_connected">;
  noteLeft(connectionId: string, conversation: string): Promise<void>;
  /** Removes it, also from the devices of its user, and says what it was; undefined when another was first. */
  remove(connectionId: string, userId: string | undefined): Promise<Connection | undefined>;
}

/** What one strongly consistent read is to bring. */
export interface Wanted {
  readonly connections?: readonly string[];
  /** Users whose devices are asked for. */
  readonly users?: readonly string[];
  /** Users of whom it is asked whether they are banned. */
  readonly bans?: readonly string[];
  /** Conversations whose last seq is asked for. */
  readonly conversations?: readonly string[];
}

/** What was read; undefined for what was not asked for. */
export interface Snapshot {
  connection(connectionId: string): Connection | undefined;
  /** None of a banned user's. */
  devices(userId: string): readonly Member[] | undefined;
  isBanned(userId: string): boolean | undefined;
  /** A hint: it may be behind, never ahead. 0 when nothing is known of the conversation. */
  lastSeq(conversation: string): number | undefined;
}

export interface Snapshots {
  /** One call for all of it; what has expired is left out. */
  read(wanted: Wanted): Promise<Snapshot>;
}

export interface Memberships {
  /** Unless it says since when, from now on. */
  add(conversation: string, member: Member): Promise<void>;
  /** Removes it and says what it was; undefined when it was not there (any more). */
  remove(conversation: string, connectionId: string): Promise<Member | undefined>;
  /**
   * Says what it was, and from now on nobody finds it; undefined when it was not there, or another is at it. Whoever ends it removes it when
   * the others have been told; if that one dies before, it is found again after a while.
   */
  end(conversation: string, connectionId: string): Promise<Member | undefined>;
  /** Everyone in the conversation, expired ones left out; strongly consistent. */
  audience(conversation: string): Promise<readonly Member[]>;
  /** The same, but not more than `most` of them; what it costs ends there, too. */
  atMost(conversation: string, most: number): Promise<Crowd>;
  /** One shard of the audience, page by page, in an order that stays; strongly consistent. */
  page(conversation: string, shard: number, after: string | undefined): Promise<MemberPage>;
  /** Those of the connections that are in the conversation; strongly consistent. */
  find(conversation: string, connectionIds: readonly string[]): Promise<readonly Member[]>;
  /** The conversations a connection is in, found without its connection row; a moment behind. */
  ofConnection(connectionId: string): Promise<readonly string[]>;
  /** Carries a change of the connection over to its membership; nothing when it has left. */
  change(
    conversation: string,
    connectionId: string,
    change: { readonly name?: string; readonly dialect?: DialectName; readonly expiresAt?: number },
  ): Promise<void>;
}

/** An entry before the store has numbered it. */
export type Draft = Entry extends infer E ? (E extends Entry ? Omit<E, "seq"> : never) : never;

export interface Page {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** There are more beyond the end that was read towards. */
  readonly more: boolean;
}

export interface Range {
  readonly limit: number;
  /** Only entries with a smaller seq, the newest of them. */
  readonly before?: number;
  /** Only entries with a greater seq, the oldest of them. */
  readonly after?: number;
  /** Where the page ends at the latest, in bytes of JSON; one entry it has in any case. */
  readonly mostBytes?: number;
}

/** Whose connection sent an entry, for what depends on it when the entry is shown. */
export interface SentBy {
  readonly connectionId: string;
  readonly dialect?: DialectName;
}

export interface SentEntry {
  readonly entry: Entry;
  readonly by?: SentBy;
}

export interface Messages {
  /**
   * Numbers and stores the draft: when it returns, the entry is kept. The same `clientId` of the same user again stores nothing and
   * returns the first entry with `again: true`. `hint` is the conversation's last seq as far as known.
   */
  append(
    draft: Draft,
    clientId: string | undefined,
    hint: number,
    by?: SentBy,
  ): Promise<{ readonly entry: Entry; readonly again: boolean }>;
  /** An earlier run has stored it, under the same `clientId`: `append` would store nothing. */
  isRepeated(draft: Draft, clientId: string): Promise<boolean>;
  /** Carries the hint of the conversation's last seq forward; `directly`: the entry was shown to the members who are here, as far as they can be reached. */
  noteLast(conversation: string, seq: number, shown?: "directly"): Promise<void>;
  /** The entry was shown to the users it is for, as far as they are here: who repeats the request need not do it again. */
  noteShown(conversation: string, seq: number): Promise<void>;
  isShown(conversation: string, seq: number): Promise<boolean>;
  /** The last seq that was noted as shown directly; 0 when none was. */
  lastShownDirectly(conversation: string): Promise<number>;
  /** What was stored after `after`, oldest first, `most` at most: all of it when there are fewer. */
  sentAfter(conversation: string, after: number, most: number): Promise<readonly SentEntry[]>;
  /** The conversation's last seq, 0 when it has none; certain. */
  lastSeq(conversation: string): Promise<number>;
  entry(conversation: string, seq: number): Promise<Entry | undefined>;
  /** Carries an edit or deletion over to its message, unless a later one was there first. */
  amend(amendment: Edit | Deletion): Promise<void>;
  page(conversation: string, range: Range): Promise<Page>;
}

export interface Receipts {
  /** True when the user had not got that far before. */
  note(conversation: string, userId: string, kind: "delivered" | "read", seq: number): Promise<boolean>;
}

export interface RateLimits {
  /** Takes one token; false when there is none. */
  take(of: "connection" | "user" | "conversation", key: string): boolean;
}

export interface Tokens {
  /** @throws ChatError `unauthenticated` for a token that is not good, `not_allowed` where none is asked for */
  verify(token: string): Promise<Identity>;
}

export interface Closer {
  /** Ends the connection; one that is not there – any more, or yet – is no mistake. */
  close(connectionId: string): Promise<"ended" | "gone">;
}

export type RoomRule = "public" | "members" | "read-only";

/** What the stage lets whom do. */
export interface Rules {
  /** Whoever is here has shown a token. */
  readonly tokens: boolean;
  /** People are called what their tokens say, and cannot choose. */
  readonly namesFromTokens: boolean;
  /** By the room's name, or how names begin and a `*`. */
  readonly rooms: Readonly<Record<string, RoomRule>>;
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
  readonly snapshots: Snapshots;
  readonly messages: Messages;
  readonly inboxes: Inboxes;
  readonly receipts: Receipts;
  readonly rates: RateLimits;
  readonly told: Told;
  readonly signals: Signals;
  readonly largeAudiences: LargeAudiences;
  readonly leases: Leases;
  readonly pumps: Pumps;
  readonly poster: Poster;
  readonly resting: Resting;
  readonly closer: Closer;
  readonly tokens: Tokens;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly wait: (ms: number) => Promise<void>;
  readonly ids: Ids;
  /** How many posts are under way at once. */
  readonly postConcurrency: number;
  /** A conversation with more members than this is pushed to by pumps. */
  readonly directAudienceLimit: number;
  /** One with more than this is not told who comes, goes, types and reads. */
  readonly signalsAudienceLimit: number;
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
