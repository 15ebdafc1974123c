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
  /** Where new members go. */
  readonly shards: number;
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
    const { shards, clock } = this.#table;
    let known = this.#known.get(conversation);
    if (!known || known.until < clock.now()) {
      if (this.#known.size > MANY) this.#known.clear();
      const counts = shards === 1 ? await this.#read(conversation) : await this.#note(conversation);
      known = { counts, until: clock.now() + KNOWN_MS };
      this.#known.set(conversation, known);
    }
    const own = shardOf(connectionId, shards);
    // nobody notes the count 1
    const others = new Set([1, ...known.counts].map((count) => shardOf(connectionId, count)));
    others.delete(own);
    return [own, ...others];
  }

  async #read(conversation: string): Promise<readonly number[]> {
    const { client, tableName, clock } = this.#table;
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: noteKey(conversation), ConsistentRead: true }),
    );
    return notedCounts(Item, clock.now());
  }

  /** It stays longer than any membership that was written while it was known. */
  async #note(conversation: string): Promise<readonly number[]> {
    const { client, tableName, clock, shards, ttlSeconds } = this.#table;
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

function noteKey(conversation: string): Row {
  return { conversationShard: { S: partition(conversation, 0) }, connectionId: { S: `${NOTE}${conversation}` } };
}
