// The composition root of what pushes without being asked by a client: pumps, and what tells others that somebody has left.
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { connectionPoster } from "#aws/connection-poster.ts";
import { dynamodbClient } from "#aws/dynamodb-client.ts";
import { dynamodbLeases } from "#aws/dynamodb-leases.ts";
import { dynamodbMessages } from "#aws/dynamodb-messages.ts";
import { dynamodbPostTimeline } from "#aws/dynamodb-post-timeline.ts";
import { dynamodbSignals } from "#aws/dynamodb-signals.ts";
import { dynamodbSnapshots } from "#aws/dynamodb-snapshots.ts";
import { functionInvoker } from "#aws/function-invoker.ts";
import { StageTurns } from "#aws/stage-turns.ts";
import { realTiming as timing } from "#aws/timing.ts";
import { type DeliverPorts, REST_MS } from "#chat/deliver.ts";
import { largeAudiences } from "#chat/large-audiences.ts";
import type { Ports } from "#chat/ports.ts";
import type { PumpPorts } from "#chat/pump.ts";
import { restingHere } from "#chat/resting.ts";
import type { FanningConfig } from "./config.ts";
import { clock, directoryOf } from "./directory.ts";
import { consoleLog, described } from "./log.ts";

export function openDeliverPorts(config: FanningConfig): DeliverPorts {
  return directPorts(config, dynamodbClient());
}

/** Enough for the rate when a post is answered after 50 ms, and well below the files that a function may have open. */
export const PUMP_SOCKETS = { perSecond: 20, most: 512 };

export function openPumpPorts(config: FanningConfig): PumpPorts {
  return pumpPorts(config, dynamodbClient());
}

export function pumpPorts(config: FanningConfig, client: DynamoDBClient): PumpPorts {
  const sockets = Math.min(PUMP_SOCKETS.most, Math.ceil(config.postsPerSecond / PUMP_SOCKETS.perSecond));
  const { messagesTable: tableName, messageRetentionDays: retentionDays } = config;
  return {
    ...deliverPorts(config, client, { sockets, credit: 0 }),
    messages: dynamodbMessages({ client, clock, tableName, retentionDays }),
  };
}

/** Entries are read at the same time, and wait for it. */
const SIGNALS_HURRY_MS = 100;

/** The timeline has so much less than there may be: for posts that go a little late, and for those on credit. */
export const RESERVE_SHARE = 0.1;
/** How much of a second's posts a function that somebody waits for may have sent before they are booked. */
const CREDIT_SHARE = 0.025;

/** Of functions that push in the midst of a request. */
export function directPorts(config: FanningConfig, client: DynamoDBClient): DeliverPorts {
  return deliverPorts(config, client, { sockets: config.postConcurrency, credit: creditOf(config.postsPerSecond) });
}

export function creditOf(postsPerSecond: number): number {
  return Math.max(1, Math.floor(postsPerSecond * CREDIT_SHARE));
}

interface Posting {
  readonly sockets: number;
  readonly credit: number;
}

function deliverPorts(config: FanningConfig, client: DynamoDBClient, { sockets, credit }: Posting): DeliverPorts {
  const { messagesTable: tableName, directAudienceLimit, signalsAudienceLimit } = config;
  const postsPerSecond = config.postsPerSecond * (1 - RESERVE_SHARE);
  const timeline = dynamodbPostTimeline({ client, tableName, postsPerSecond, timing });
  return {
    ...directoryOf(config, client),
    ...wakePorts(config, client),
    snapshots: dynamodbSnapshots({ client, clock, ...config }),
    signals: dynamodbSignals({ client, clock, tableName, hurryMs: SIGNALS_HURRY_MS }),
    largeAudiences: largeAudiences(clock),
    poster: connectionPoster({
      // of the client only its region and credentials are used
      client,
      sockets,
      turns: new StageTurns({ timeline, postsPerSecond, credit, timing }),
      onFailure: (connectionId, cause) => consoleLog.error("post failed", { connectionId, cause: described(cause) }),
    }),
    resting: restingHere(clock, REST_MS),
    clock,
    postConcurrency: sockets,
    directAudienceLimit,
    signalsAudienceLimit,
  };
}

function wakePorts(config: FanningConfig, client: DynamoDBClient): Pick<Ports, "leases" | "pumps"> {
  return {
    leases: dynamodbLeases({ client, clock, tableName: config.messagesTable }),
    pumps: functionInvoker({ client, functionName: config.fanoutFunction }),
  };
}
