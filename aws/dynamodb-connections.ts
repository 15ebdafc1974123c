// The Connections table: one row a connection, and one row a user (`user#<id>`) with the connections that are their devices. The user's
// row is what makes all devices of a user one strongly consistent read, together with whatever else a request needs (dynamodb-snapshots.ts).
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock, Connection, Connections } from "#chat/ports.ts";
import { conditionHolds, orUndefined } from "./conditional-write.ts";
import { BANNED, connectionOf, deviceAttribute, deviceValue, isHere, roomsText, userKey } from "./connection-rows.ts";
import { queryAll } from "./query-pages.ts";
import { setExpression } from "./set-expression.ts";
import { epochSeconds, plainAttributes, type Row } from "./table-rows.ts";

export interface ConnectionsTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  /** A little more than the two hours a WebSocket connection can last (aws facts §5.1). */
  readonly ttlSeconds: number;
}

export function dynamodbConnections({ client, tableName, clock, ttlSeconds }: ConnectionsTable): Connections {
  const keyOf = (connectionId: string) => ({ TableName: tableName, Key: { connectionId: { S: connectionId } } });
  const ttlOf = ({ connectedAt }: Connection) => epochSeconds(connectedAt) + ttlSeconds;

  /** False for a banned user. A client that named no user is its own only device: its connection's row says it all. */
  const noteDevice = async (connection: Connection): Promise<boolean> => {
    const { connectionId, userId } = connection;
    if (userId === connectionId) return true;
    return conditionHolds(
      client.send(
        new UpdateItemCommand({
          ...keyOf(userKey(userId)),
          // the row lives as long as its youngest device
          UpdateExpression: "SET #device = :device, #ttl = :ttl",
          ConditionExpression: `attribute_not_exists(${BANNED})`,
          ExpressionAttributeNames: { "#device": deviceAttribute(connectionId), "#ttl": "ttl" },
          ExpressionAttributeValues: {
            ":device": deviceValue(connection, ttlOf(connection)),
            ":ttl": { N: String(epochSeconds(clock.now()) + ttlSeconds) },
          },
        }),
      ),
    );
  };

  const removeDevice = async (userId: string, connectionId: string) => {
    await conditionHolds(
      client.send(
        new UpdateItemCommand({
          ...keyOf(userKey(userId)),
          UpdateExpression: "REMOVE #device",
          ConditionExpression: "attribute_exists(#device)",
          ExpressionAttributeNames: { "#device": deviceAttribute(connectionId) },
        }),
      ),
    );
  };

  return {
    async add(connection) {
      const { connectionId, userId, name, dialect, connectedAt, conversations, rooms, expiresAt } = connection;
      const row = new PutItemCommand({
        TableName: tableName,
        Item: {
          ...plainAttributes({
            connectionId,
            userId,
            name,
            namedAt: name && connectedAt,
            dialect,
            rooms: roomsText(rooms),
            expiresAt,
            connectedAt,
          }),
          conversations: { SS: [...conversations] },
          ttl: { N: String(ttlOf(connection)) },
        },
      });
      const [, noted] = await Promise.all([client.send(row), noteDevice(connection)]);
      if (noted) return "added";
      await client.send(new DeleteItemCommand(keyOf(connectionId)));
      return "banned";
    },

    async named(name) {
      const rows = await queryAll(client, {
        TableName: tableName,
        IndexName: "name-index",
        KeyConditionExpression: "#name = :name",
        ExpressionAttributeNames: { "#name": "name" },
        ExpressionAttributeValues: { ":name": { S: name } },
      });
      const open = rows.filter((row) => isHere(row, clock.now()));
      return open.sort((a, b) => namedAt(a) - namedAt(b)).map(connectionOf);
    },

    async change(connection, change) {
      const { connectionId, userId } = connection;
      const { name, dialect, rooms, expiresAt } = change;
      const expected = { ...connection, ...change };
      // first what tells that the user is banned, so that nothing changes then
      if (!(await noteDevice(expected))) return "banned";
      const answer = await orUndefined(
        client.send(
          new UpdateItemCommand({
            ...keyOf(connectionId),
            ...setExpression({
              name,
              namedAt: name === undefined ? undefined : clock.now(),
              dialect,
              rooms: roomsText(rooms),
              expiresAt,
            }),
            ConditionExpression: "attribute_exists(connectionId)",
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      if (!answer?.Attributes) {
        if (userId !== connectionId) await removeDevice(userId, connectionId);
        return "not_connected";
      }
      const changed = connectionOf(answer.Attributes);
      // what another request has changed meanwhile is on its row, and has to be on the device
      if (!isSameDevice(changed, expected)) await noteDevice(changed);
      return changed;
    },

    async noteJoined(connectionId, conversation, most) {
      const noted = await orUndefined(
        client.send(
          new UpdateItemCommand({
            ...keyOf(connectionId),
            UpdateExpression: "ADD conversations :joined",
            ConditionExpression:
              "attribute_exists(connectionId) AND (contains(conversations, :conversation) OR size(conversations) < :most OR attribute_not_exists(conversations))",
            ExpressionAttributeValues: {
              ":joined": { SS: [conversation] },
              ":conversation": { S: conversation },
              ":most": { N: String(most) },
            },
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      if (noted?.Attributes) return connectionOf(noted.Attributes);
      const { Item } = await client.send(new GetItemCommand({ ...keyOf(connectionId), ConsistentRead: true }));
      return Item ? "full" : "not_connected";
    },

    async noteLeft(connectionId, conversation) {
      await conditionHolds(
        client.send(
          new UpdateItemCommand({
            ...keyOf(connectionId),
            UpdateExpression: "DELETE conversations :left",
            ConditionExpression: "attribute_exists(connectionId)",
            ExpressionAttributeValues: { ":left": { SS: [conversation] } },
          }),
        ),
      );
    },

    async remove(connectionId, userId) {
      const { Attributes } = await client.send(
        new DeleteItemCommand({ ...keyOf(connectionId), ReturnValues: "ALL_OLD" }),
      );
      const removed = Attributes && connectionOf(Attributes);
      const owner = removed?.userId ?? userId;
      if (owner !== undefined && owner !== connectionId) await removeDevice(owner, connectionId);
      return removed;
    },
  };
}

function isSameDevice(one: Connection, other: Connection): boolean {
  return one.name === other.name && one.dialect === other.dialect && one.expiresAt === other.expiresAt;
}

/** Who takes a name later does not get between those who write to it and who had it first. */
function namedAt(row: Row): number {
  return Number(row.namedAt?.N ?? 0);
}
