// What an operator's command needs, with the operator's own credentials: the stores of a stage, and its `@connections`.
import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Closer } from "#chat/ports.ts";
import { connectionCloser } from "./connection-closer.ts";
import { type Bans, dynamodbBans } from "./dynamodb-bans.ts";

export interface StagePlace {
  readonly region: string;
  readonly connectionsTable: string;
  /** The stage's output `managementUrl`; not needed where no connection is ended. */
  readonly managementUrl: string | undefined;
}

export function openBans({ region, connectionsTable, managementUrl }: StagePlace): {
  readonly bans: Bans;
  readonly closer: Closer;
  close(): void;
} {
  const tables = new DynamoDBClient({ region });
  const connections = new ApiGatewayManagementApiClient({
    region,
    ...(managementUrl !== undefined && { endpoint: managementUrl }),
  });
  return {
    bans: dynamodbBans({ client: tables, tableName: connectionsTable, clock: { now: Date.now } }),
    closer: connectionCloser(connections),
    close() {
      tables.destroy();
      connections.destroy();
    },
  };
}
