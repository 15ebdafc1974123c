// What a request needs to know before it writes, in one BatchGetItem over the tables: connections, users' devices, conversations' last seqs.
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock, Connection, Snapshots, Wanted } from "#chat/ports.ts";
import { batchGet, type TableKey } from "./batch-get.ts";
import { BANNED, connectionOf, devicesOf, userKey } from "./connection-rows.ts";
import { headKey } from "./message-rows.ts";
import { isAlive, number, text } from "./table-rows.ts";

export interface SnapshotTables {
  readonly client: DynamoDBClient;
  readonly connectionsTable: string;
  readonly messagesTable: string;
  readonly clock: Clock;
}

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
        isBanned(userId) {
          if (![...(wanted.bans ?? []), ...(wanted.users ?? [])].includes(userId)) return undefined;
          return people.get(userKey(userId))?.[BANNED] !== undefined;
        },
        lastSeq(conversation) {
          if (!wanted.conversations?.includes(conversation)) return undefined;
          return heads.get(headKey(conversation)) ?? 0;
        },
      };
    },
  };
}

function keysOf(wanted: Wanted, connectionsTable: string, messagesTable: string): readonly TableKey[] {
  const users = wanted.users ?? [];
  const bans = wanted.bans ?? [];
  const people = new Set([...(wanted.connections ?? []), ...[...users, ...bans].map(userKey), ...users]);
  const conversations = new Set(wanted.conversations ?? []);
  return [
    ...[...people].map((id) => ({ table: connectionsTable, key: { connectionId: { S: id } } })),
    ...[...conversations].map((conversation) => ({
      table: messagesTable,
      key: { conversation: { S: headKey(conversation) }, seq: { N: "0" } },
    })),
  ];
}
