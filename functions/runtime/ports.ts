// The composition root: the only place where the real stores and clients are made. The clients find region, credentials and – where
// they differ from AWS's own – endpoints in the standard variables of the SDK.
import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { connectionPoster } from "#aws/connection-poster.ts";
import { dynamodbConnections } from "#aws/dynamodb-connections.ts";
import { dynamodbInboxes } from "#aws/dynamodb-inboxes.ts";
import { dynamodbMemberships } from "#aws/dynamodb-memberships.ts";
import { dynamodbMessages } from "#aws/dynamodb-messages.ts";
import { dynamodbReceipts } from "#aws/dynamodb-receipts.ts";
import { dynamodbSnapshots } from "#aws/dynamodb-snapshots.ts";
import type { Clock, Ports } from "#chat/ports.ts";
import { rateLimits } from "#chat/rate-limits.ts";
import type { Config } from "./config.ts";
import { consoleLog, described } from "./log.ts";

const clock: Clock = { now: Date.now };

export type Directory = Pick<Ports, "connections" | "memberships">;

/** What knows who is here; all that `$connect` needs. */
export function openDirectory(config: Config): Directory {
  return directoryOf(config, new DynamoDBClient({}));
}

export function openPorts(config: Config): Ports {
  const client = new DynamoDBClient({});
  const messagesTable = {
    client,
    clock,
    tableName: config.messagesTable,
    retentionDays: config.messageRetentionDays,
  };
  return {
    ...directoryOf(config, client),
    snapshots: dynamodbSnapshots({ client, clock, ...config }),
    messages: dynamodbMessages(messagesTable),
    receipts: dynamodbReceipts(messagesTable),
    inboxes: dynamodbInboxes({ client, tableName: config.membershipsTable }),
    rates: rateLimits(clock),
    poster: connectionPoster({
      // of the client only its region and credentials are used
      client,
      sockets: config.postConcurrency,
      onFailure: (connectionId, cause) => consoleLog.error("post failed", { connectionId, cause: described(cause) }),
    }),
    clock,
    ids: { create: randomUUID },
    postConcurrency: config.postConcurrency,
  };
}

function directoryOf(config: Config, client: DynamoDBClient): Directory {
  const ttlSeconds = config.connectionTtlSeconds;
  return {
    connections: dynamodbConnections({ client, clock, ttlSeconds, tableName: config.connectionsTable }),
    memberships: dynamodbMemberships({
      client,
      clock,
      ttlSeconds,
      tableName: config.membershipsTable,
      shards: config.membershipShards,
    }),
  };
}
