// Who may not connect, as a mark on the user's row of the Connections table. `$connect` writes that row anyway, on the condition that there
// is no mark, and a message's function reads it with the connection's: so a ban costs no request, and nobody slips in between.
import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "#chat/ports.ts";
import { conditionHolds } from "./conditional-write.ts";
import { BANNED, type Device, everyDevice, userKey } from "./connection-rows.ts";
import { epochSeconds } from "./table-rows.ts";

export interface BansTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
}

export interface Bans {
  /** From now on; answers with the connections that the user has, which are still open, or are just being opened. */
  ban(userId: string): Promise<readonly Device[]>;
  /** The user may connect again; false when they could all the time. */
  lift(userId: string): Promise<boolean>;
}

export function dynamodbBans({ client, tableName, clock }: BansTable): Bans {
  const keyOf = (userId: string) => ({ TableName: tableName, Key: { connectionId: { S: userKey(userId) } } });
  return {
    async ban(userId) {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          ...keyOf(userId),
          // without an end: a user's row goes with its last device otherwise
          UpdateExpression: "SET #banned = if_not_exists(#banned, :now) REMOVE #ttl",
          ExpressionAttributeNames: { "#banned": BANNED, "#ttl": "ttl" },
          ExpressionAttributeValues: { ":now": { N: String(clock.now()) } },
          ReturnValues: "ALL_NEW",
        }),
      );
      return everyDevice(Attributes ?? {});
    },

    async lift(userId) {
      return conditionHolds(
        client.send(
          new UpdateItemCommand({
            ...keyOf(userId),
            UpdateExpression: "SET #ttl = :now REMOVE #banned",
            ConditionExpression: "attribute_exists(#banned)",
            ExpressionAttributeNames: { "#banned": BANNED, "#ttl": "ttl" },
            ExpressionAttributeValues: { ":now": { N: String(epochSeconds(clock.now())) } },
          }),
        ),
      );
    },
  };
}
