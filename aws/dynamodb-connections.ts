// The Connections table: one row a connection, found by id, by user (userId-index) or by name (name-index).
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock, Connection, Connections } from "#chat/ports.ts";
import { DIALECT_NAMES } from "#protocol/dialects/dialect.ts";
import { conditionHolds, orUndefined } from "./conditional-write.ts";
import { queryAll } from "./query-pages.ts";
import { setExpression } from "./set-expression.ts";
import { epochSeconds, isAlive, number, optionalText, type Row, text, textAttributes, texts } from "./table-rows.ts";

export interface ConnectionsTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  /** A little more than the two hours a WebSocket connection can last (aws facts §5.1). */
  readonly ttlSeconds: number;
}

export function dynamodbConnections({ client, tableName, clock, ttlSeconds }: ConnectionsTable): Connections {
  const keyOf = (connectionId: string) => ({ TableName: tableName, Key: { connectionId: { S: connectionId } } });

  const get = async (connectionId: string) => {
    const { Item } = await client.send(new GetItemCommand({ ...keyOf(connectionId), ConsistentRead: true }));
    return Item && isAlive(Item, clock.now()) ? connectionOf(Item) : undefined;
  };

  const lookUp = async (index: string, attribute: string, value: string) => {
    const rows = await queryAll(client, {
      TableName: tableName,
      IndexName: index,
      KeyConditionExpression: "#key = :value",
      ExpressionAttributeNames: { "#key": attribute },
      ExpressionAttributeValues: { ":value": { S: value } },
    });
    return rows.filter((row) => isAlive(row, clock.now())).map(connectionOf);
  };

  return {
    get,
    ofUser: (userId) => lookUp("userId-index", "userId", userId),
    named: async (name) => (await lookUp("name-index", "name", name)).sort((a, b) => a.connectedAt - b.connectedAt),

    async add(connection) {
      const { connectionId, userId, name, dialect, connectedAt, conversations } = connection;
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...textAttributes({ connectionId, userId, name, dialect }),
            connectedAt: { N: String(connectedAt) },
            conversations: { SS: [...conversations] },
            ttl: { N: String(epochSeconds(connectedAt) + ttlSeconds) },
          },
        }),
      );
    },

    async change(connectionId, { name, dialect }) {
      const answer = await orUndefined(
        client.send(
          new UpdateItemCommand({
            ...keyOf(connectionId),
            ...setExpression({ name, dialect }),
            ConditionExpression: "attribute_exists(connectionId)",
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      return answer?.Attributes && connectionOf(answer.Attributes);
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
      return (await get(connectionId)) ? "full" : "not_connected";
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

    async remove(connectionId) {
      const { Attributes } = await client.send(
        new DeleteItemCommand({ ...keyOf(connectionId), ReturnValues: "ALL_OLD" }),
      );
      return Attributes && connectionOf(Attributes);
    },
  };
}

function connectionOf(row: Row): Connection {
  const name = optionalText(row, "name");
  const dialect = DIALECT_NAMES.find((known) => known === optionalText(row, "dialect"));
  return {
    connectionId: text(row, "connectionId"),
    userId: text(row, "userId"),
    ...(name === undefined ? {} : { name }),
    ...(dialect === undefined ? {} : { dialect }),
    connectedAt: number(row, "connectedAt"),
    conversations: texts(row, "conversations"),
  };
}
