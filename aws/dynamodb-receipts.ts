// How far a user has received and read a conversation: one row each in the Messages table, which only ever goes forward.
import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clock, Receipts } from "#chat/ports.ts";
import { conditionHolds } from "./conditional-write.ts";
import { epochSeconds } from "./table-rows.ts";

export interface ReceiptsTable {
  readonly client: DynamoDBClient;
  /** The Messages table. */
  readonly tableName: string;
  readonly clock: Clock;
  readonly retentionDays: number;
}

export function dynamodbReceipts({ client, tableName, clock, retentionDays }: ReceiptsTable): Receipts {
  return {
    note: (conversation, userId, kind, seq) =>
      conditionHolds(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: { conversation: { S: `receipt#${userId.length}#${userId}#${conversation}` }, seq: { N: "0" } },
            UpdateExpression: "SET #kind = :seq, #ttl = :ttl",
            ConditionExpression: "attribute_not_exists(#kind) OR #kind < :seq",
            ExpressionAttributeNames: { "#kind": kind, "#ttl": "ttl" },
            ExpressionAttributeValues: {
              ":seq": { N: String(seq) },
              ":ttl": { N: String(epochSeconds(clock.now()) + retentionDays * 86_400) },
            },
          }),
        ),
      ),
  };
}
