// The Memberships table: one row a connection and conversation, spread over `shards` partitions a conversation, because one partition takes 1,000 writes a second (aws facts §11.1).
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clock, Member, Memberships } from "#chat/ports.ts";
import { conditionHolds } from "./conditional-write.ts";
import { nameAndDialect } from "./connection-rows.ts";
import { queryAll } from "./query-pages.ts";
import { setExpression } from "./set-expression.ts";
import { epochSeconds, isAlive, type Row, text, textAttributes } from "./table-rows.ts";

export interface MembershipsTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  readonly shards: number;
  readonly ttlSeconds: number;
}

export function dynamodbMemberships(table: MembershipsTable): Memberships {
  const { client, tableName, clock, shards, ttlSeconds } = table;
  const keyOf = (conversation: string, connectionId: string) => ({
    TableName: tableName,
    Key: {
      conversationShard: { S: partition(conversation, shardOf(connectionId, shards)) },
      connectionId: { S: connectionId },
    },
  });

  return {
    async add(conversation, { connectionId, userId, name, dialect }) {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...keyOf(conversation, connectionId).Key,
            ...textAttributes({ userId, name, dialect }),
            ttl: { N: String(epochSeconds(clock.now()) + ttlSeconds) },
          },
        }),
      );
    },

    async remove(conversation, connectionId) {
      const { Attributes } = await client.send(
        new DeleteItemCommand({ ...keyOf(conversation, connectionId), ReturnValues: "ALL_OLD" }),
      );
      return Attributes && memberOf(Attributes);
    },

    async audience(conversation) {
      const perShard = await Promise.all(
        Array.from({ length: shards }, (_, shard) =>
          queryAll(client, {
            TableName: tableName,
            ConsistentRead: true,
            KeyConditionExpression: "conversationShard = :shard",
            // what a push needs, and no more
            ProjectionExpression: "connectionId, userId, #name, dialect, #ttl",
            ExpressionAttributeNames: { "#name": "name", "#ttl": "ttl" },
            ExpressionAttributeValues: { ":shard": { S: partition(conversation, shard) } },
          }),
        ),
      );
      return perShard
        .flat()
        .filter((row) => isAlive(row, clock.now()))
        .map(memberOf);
    },

    async ofConnection(connectionId) {
      const rows = await queryAll(client, {
        TableName: tableName,
        IndexName: "connectionId-index",
        KeyConditionExpression: "connectionId = :connectionId",
        ExpressionAttributeValues: { ":connectionId": { S: connectionId } },
      });
      return rows.map((row) => text(row, "conversationShard").replace(/#\d+$/, ""));
    },

    async change(conversation, connectionId, { name, dialect }) {
      await conditionHolds(
        client.send(
          new UpdateItemCommand({
            ...keyOf(conversation, connectionId),
            ...setExpression({ name, dialect }),
            ConditionExpression: "attribute_exists(connectionId)",
          }),
        ),
      );
    },
  };
}

function partition(conversation: string, shard: number): string {
  return `${conversation}#${shard}`;
}

/** FNV-1a: spreads ids evenly, and is the same in every function. */
export function shardOf(connectionId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < connectionId.length; at++) {
    hash = Math.imul(hash ^ connectionId.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash % shards;
}

function memberOf(row: Row): Member {
  return { connectionId: text(row, "connectionId"), userId: text(row, "userId"), ...nameAndDialect(row) };
}
