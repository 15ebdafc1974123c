// Members who are only there to be pushed to, in the shards where the product looks for them.
import { BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { partition, shardOf } from "#aws/membership-shards.ts";

export interface FilledRoom {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly conversation: string;
  readonly shards: number;
}

/** A BatchWriteItem takes so many (aws facts §11.1). */
const MOST = 25;

export async function fillRoom(room: FilledRoom, members: readonly string[]): Promise<void> {
  const ttl = String(Math.floor(Date.now() / 1000) + 9_000);
  for (let at = 0; at < members.length; at += MOST) {
    const puts = members.slice(at, at + MOST).map((id) => ({
      PutRequest: {
        Item: {
          conversationShard: { S: partition(room.conversation, shardOf(id, room.shards)) },
          connectionId: { S: id },
          userId: { S: `user of ${id}` },
          dialect: { S: "native" },
          ttl: { N: ttl },
        },
      },
    }));
    await room.client.send(new BatchWriteItemCommand({ RequestItems: { [room.tableName]: puts } }));
  }
}

/** As long as API Gateway's. */
export function memberId(at: number): string {
  return `AbCdEfG${String(at).padStart(8, "0")}=`;
}
