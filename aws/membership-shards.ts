// Over how many shards the members of a conversation are spread. The setting may change while members are there, and for a moment functions
// with the old and the new one run side by side. So who spreads a conversation over more than one shard notes the count, in shard 0, before
// using it: whoever reads shard 0 – everybody does – finds the note and looks in all the others, too.
import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "#chat/ports.ts";
import { epochSeconds, isAlive, type Row } from "./table-rows.ts";

export interface ShardedTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  /** Over how many shards new members of the conversation are spread. */
  shardsOf(conversation: string): number;
  readonly ttlSeconds: number;
}

/** Before every connection id. */
const NOTE = "#";

/** What was noted is looked up again after that. */
const KNOWN_MS = 60_000;
/** Above this many conversations, what is known of them is forgotten. */
const MANY = 10_000;

export function partition(conversation: string, shard: number): string {
  return `${conversation}#${shard}`;
}

export function isNote(row: Row): boolean {
  return row.connectionId?.S?.startsWith(NOTE) ?? false;
}

/** The counts in a note that has not expired. */
export function notedCounts(row: Row | undefined, nowMs: number): readonly number[] {
  return row && isAlive(row, nowMs) ? (row.counts?.NS ?? []).map(Number) : [];
}

/** FNV-1a: spreads ids evenly, and is the same in every function. */
export function shardOf(connectionId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < connectionId.length; at++) {
    hash = Math.imul(hash ^ connectionId.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash % shards;
}

interface Known {
  readonly counts: readonly number[];
  readonly until: number;
}

export class MembershipShards {
  readonly #table: ShardedTable;
  readonly #known = new Map<string, Known>();

  constructor(table: ShardedTable) {
    this.#table = table;
  }

  /** The shards in which the connection's membership may be; the first is where it belongs. */
  async placesOf(conversation: string, connectionId: string): Promise<readonly [number, ...number[]]> {
    return this.#places(conversation, connectionId, (await this.#lookedUp(conversation)).counts);
  }

  /**
   * What is found in the places of the connection's membership. When nothing is, somebody may have spread the conversation over another
   * number of shards since it was looked up.
   */
  async find<T>(
    conversation: string,
    connectionId: string,
    look: (shard: number) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { counts, isNew } = await this.#lookedUp(conversation);
    const places = this.#places(conversation, connectionId, counts);
    const found = firstOf(await Promise.all(places.map(look)));
    if (found !== undefined || isNew) return found;
    const now = this.#places(conversation, connectionId, await this.#read(conversation));
    return firstOf(await Promise.all(now.filter((shard) => !places.includes(shard)).map(look)));
  }

  #places(conversation: string, connectionId: string, counts: readonly number[]): readonly [number, ...number[]] {
    const own = shardOf(connectionId, this.#table.shardsOf(conversation));
    // nobody notes the count 1
    const others = new Set([1, ...counts].map((count) => shardOf(connectionId, count)));
    others.delete(own);
    return [own, ...others];
  }

  async #lookedUp(conversation: string): Promise<Known & { readonly isNew: boolean }> {
    const { shardsOf, clock } = this.#table;
    const known = this.#known.get(conversation);
    if (known && known.until >= clock.now()) return { ...known, isNew: false };
    if (this.#known.size > MANY) this.#known.clear();
    const shards = shardsOf(conversation);
    const counts = shards === 1 ? await this.#read(conversation) : await this.#note(conversation, shards);
    const looked = { counts, until: clock.now() + KNOWN_MS };
    this.#known.set(conversation, looked);
    return { ...looked, isNew: true };
  }

  async #read(conversation: string): Promise<readonly number[]> {
    const { client, tableName, clock } = this.#table;
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: noteKey(conversation), ConsistentRead: true }),
    );
    return notedCounts(Item, clock.now());
  }

  /** It stays longer than any membership that was written while it was known. */
  async #note(conversation: string, shards: number): Promise<readonly number[]> {
    const { client, tableName, clock, ttlSeconds } = this.#table;
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: noteKey(conversation),
        UpdateExpression: "SET #ttl = :ttl ADD counts :count",
        ExpressionAttributeNames: { "#ttl": "ttl" },
        ExpressionAttributeValues: {
          ":ttl": { N: String(epochSeconds(clock.now()) + ttlSeconds + (2 * KNOWN_MS) / 1000) },
          ":count": { NS: [String(shards)] },
        },
        ReturnValues: "ALL_NEW",
      }),
    );
    return notedCounts(Attributes, clock.now());
  }
}

function firstOf<T>(found: readonly (T | undefined)[]): T | undefined {
  return found.find((one) => one !== undefined);
}

function noteKey(conversation: string): Row {
  return { conversationShard: { S: partition(conversation, 0) }, connectionId: { S: `${NOTE}${conversation}` } };
}
