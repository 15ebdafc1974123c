// What a request needs to know before it writes, in one BatchGetItem over the tables: connections, users' devices, conversations' last seqs.
import { BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock, Connection, Snapshots, Wanted } from "#chat/ports.ts";
import { connectionOf, devicesOf, userKey } from "./connection-rows.ts";
import { headKey } from "./message-rows.ts";
import { isAlive, number, type Row, text } from "./table-rows.ts";

export interface SnapshotTables {
  readonly client: DynamoDBClient;
  readonly connectionsTable: string;
  readonly messagesTable: string;
  readonly clock: Clock;
}

interface Key {
  readonly table: string;
  readonly key: Row;
}

/** (aws facts §11.1) */
const MOST_KEYS = 100;

export function dynamodbSnapshots(tables: SnapshotTables): Snapshots {
  const { client, connectionsTable, messagesTable, clock } = tables;
  return {
    async read(wanted) {
      const keys = keysOf(wanted, connectionsTable, messagesTable);
      const rows = await batchGet(client, keys);
      const people = new Map((rows.get(connectionsTable) ?? []).map((row) => [text(row, "connectionId"), row]));
      const heads = new Map(
        (rows.get(messagesTable) ?? []).map((row) => [text(row, "conversation"), number(row, "last")]),
      );
      const connection = (connectionId: string): Connection | undefined => {
        const row = people.get(connectionId);
        // a user's row is none, whoever asks for it by its key
        return row?.userId && isAlive(row, clock.now()) ? connectionOf(row) : undefined;
      };
      return {
        connection,
        devices(userId) {
          if (!wanted.users?.includes(userId)) return undefined;
          const row = people.get(userKey(userId));
          const own = connection(userId);
          // a client that named no user is known by its connection's id
          const alone = own?.userId === userId ? [{ ...own, since: own.connectedAt }] : [];
          return [...alone, ...(row ? devicesOf(userId, row, clock.now()) : [])];
        },
        lastSeq(conversation) {
          if (!wanted.conversations?.includes(conversation)) return undefined;
          return heads.get(headKey(conversation)) ?? 0;
        },
      };
    },
  };
}

function keysOf(wanted: Wanted, connectionsTable: string, messagesTable: string): readonly Key[] {
  const users = wanted.users ?? [];
  const people = new Set([...(wanted.connections ?? []), ...users.map(userKey), ...users]);
  const conversations = new Set(wanted.conversations ?? []);
  return [
    ...[...people].map((id) => ({ table: connectionsTable, key: { connectionId: { S: id } } })),
    ...[...conversations].map((conversation) => ({
      table: messagesTable,
      key: { conversation: { S: headKey(conversation) }, seq: { N: "0" } },
    })),
  ];
}

async function batchGet(client: DynamoDBClient, keys: readonly Key[]): Promise<ReadonlyMap<string, readonly Row[]>> {
  const rows = new Map<string, Row[]>();
  let left = [...keys];
  while (left.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: requestItems(left.slice(0, MOST_KEYS)) }),
    );
    for (const [table, found] of Object.entries(Responses ?? {}))
      rows.set(table, [...(rows.get(table) ?? []), ...found]);
    const unprocessed = Object.entries(UnprocessedKeys ?? {}).flatMap(([table, { Keys }]) =>
      (Keys ?? []).map((key) => ({ table, key })),
    );
    left = [...unprocessed, ...left.slice(MOST_KEYS)];
  }
  return rows;
}

function requestItems(keys: readonly Key[]) {
  const items: Record<string, { Keys: Row[]; ConsistentRead: true }> = {};
  for (const { table, key } of keys) {
    items[table] ??= { Keys: [], ConsistentRead: true };
    items[table].Keys.push(key);
  }
  return items;
}
