import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamodbConnections } from "#aws/dynamodb-connections.ts";
import { dynamodbMemberships } from "#aws/dynamodb-memberships.ts";
import type { Clock, Ports } from "#chat/ports.ts";
import type { Config } from "./config.ts";
import { shardsOf } from "./room-settings.ts";

export const clock: Clock = { now: Date.now };

/** What knows who is here; all that `$connect` needs. */
export type Directory = Pick<Ports, "connections" | "memberships">;

export function directoryOf(config: Config, client: DynamoDBClient): Directory {
  const ttlSeconds = config.connectionTtlSeconds;
  return {
    connections: dynamodbConnections({ client, clock, ttlSeconds, tableName: config.connectionsTable }),
    memberships: dynamodbMemberships({
      client,
      clock,
      ttlSeconds,
      tableName: config.membershipsTable,
      shardsOf: (conversation) => shardsOf(config, conversation),
    }),
  };
}
