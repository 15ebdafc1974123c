// The composition root of what pushes without being asked by a client: pumps, and what tells others that somebody has left.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { connectionPoster } from "#aws/connection-poster.ts";
import { dynamodbLeases } from "#aws/dynamodb-leases.ts";
import { dynamodbMessages } from "#aws/dynamodb-messages.ts";
import { functionInvoker } from "#aws/function-invoker.ts";
import type { DeliverPorts } from "#chat/deliver.ts";
import type { Ports } from "#chat/ports.ts";
import type { PumpPorts } from "#chat/pump.ts";
import type { Config, FanningConfig } from "./config.ts";
import { clock, directoryOf } from "./directory.ts";
import { consoleLog, described } from "./log.ts";

export function openDeliverPorts(config: Config): DeliverPorts {
  return deliverPorts(config, new DynamoDBClient({}), config.postConcurrency);
}

/** Enough for the rate when a post is answered after 50 ms, and well below the files that a function may have open. */
const PUMP_SOCKETS = { perSecond: 20, most: 512 };

export function openPumpPorts(config: FanningConfig): PumpPorts {
  return pumpPorts(config, new DynamoDBClient({}));
}

export function pumpPorts(config: FanningConfig, client: DynamoDBClient): PumpPorts {
  const sockets = Math.min(PUMP_SOCKETS.most, Math.ceil(config.postsPerSecond / PUMP_SOCKETS.perSecond));
  const { messagesTable: tableName, messageRetentionDays: retentionDays } = config;
  return {
    ...deliverPorts(config, client, sockets),
    ...wakePorts(config, client),
    messages: dynamodbMessages({ client, clock, tableName, retentionDays }),
  };
}

/** After a pause so much of a second's posts may go at once; the rest goes evenly, so that no second has more than there may be. */
const BURST_SHARE = 0.05;

export function deliverPorts(config: Config, client: DynamoDBClient, sockets: number): DeliverPorts {
  const { postsPerSecond: perSecond, directAudienceLimit } = config;
  return {
    ...directoryOf(config, client),
    poster: connectionPoster({
      // of the client only its region and credentials are used
      client,
      sockets,
      rate: { perSecond: perSecond * (1 - BURST_SHARE), burst: Math.max(1, perSecond * BURST_SHARE) },
      onFailure: (connectionId, cause) => consoleLog.error("post failed", { connectionId, cause: described(cause) }),
    }),
    clock,
    postConcurrency: sockets,
    directAudienceLimit,
  };
}

export function wakePorts(config: FanningConfig, client: DynamoDBClient): Pick<Ports, "leases" | "pumps" | "clock"> {
  return {
    leases: dynamodbLeases({ client, clock, tableName: config.messagesTable }),
    pumps: functionInvoker({ client, functionName: config.fanoutFunction }),
    clock,
  };
}
