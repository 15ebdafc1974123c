// The direct and group conversations of a user: rows of the Memberships table under `inbox:<user>`, sorted by conversation.
import { BatchGetItemCommand, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Inboxes } from "#chat/inbox-port.ts";
import { conditionHolds } from "./conditional-write.ts";
import { queryAll } from "./query-pages.ts";
import { type Row, text } from "./table-rows.ts";

export interface InboxesTable {
  readonly client: DynamoDBClient;
  /** The Memberships table. */
  readonly tableName: string;
}

export function dynamodbInboxes({ client, tableName }: InboxesTable): Inboxes {
  const keyOf = (userId: string, conversation: string) => ({
    TableName: tableName,
    Key: { conversationShard: { S: `inbox:${userId}` }, connectionId: { S: conversation } },
  });

  return {
    async note(userId, conversation) {
      await conditionHolds(
        client.send(
          new UpdateItemCommand({
            ...keyOf(userId, conversation),
            UpdateExpression: "SET userId = :userId",
            ConditionExpression: "attribute_not_exists(userId)",
            ExpressionAttributeValues: { ":userId": { S: userId } },
          }),
        ),
      );
    },

    async noteMissed(userId, conversation, seq) {
      await client.send(
        new UpdateItemCommand({
          ...keyOf(userId, conversation),
          UpdateExpression: "SET userId = :userId, missedFrom = if_not_exists(missedFrom, :seq)",
          ExpressionAttributeValues: { ":userId": { S: userId }, ":seq": { N: String(seq) } },
        }),
      );
    },

    settle: (userId, conversation, missedFrom) =>
      conditionHolds(
        client.send(
          new UpdateItemCommand({
            ...keyOf(userId, conversation),
            UpdateExpression: "REMOVE missedFrom",
            ConditionExpression: "missedFrom = :missedFrom",
            ExpressionAttributeValues: { ":missedFrom": { N: String(missedFrom) } },
          }),
        ),
      ),

    async has(userId, conversation) {
      const { Item } = await client.send(
        new GetItemCommand({ ...keyOf(userId, conversation), ConsistentRead: true, ProjectionExpression: "userId" }),
      );
      return Item !== undefined;
    },

    async strangers(conversation, users) {
      const known = new Set<string>();
      for (let at = 0; at < users.length; at += 100) {
        let keys = users.slice(at, at + 100).map((user) => keyOf(user, conversation).Key as Row);
        while (keys.length > 0) {
          const { Responses, UnprocessedKeys } = await client.send(
            new BatchGetItemCommand({
              RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true, ProjectionExpression: "userId" } },
            }),
          );
          for (const row of Responses?.[tableName] ?? []) known.add(text(row, "userId"));
          keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
        }
      }
      return users.filter((user) => !known.has(user));
    },

    async list(userId) {
      const rows = await queryAll(client, {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: "conversationShard = :inbox",
        ExpressionAttributeValues: { ":inbox": { S: `inbox:${userId}` } },
      });
      return rows.map((row) => {
        const missedFrom = row.missedFrom?.N;
        const conversation = text(row, "connectionId");
        return missedFrom === undefined ? { conversation } : { conversation, missedFrom: Number(missedFrom) };
      });
    },
  };
}
