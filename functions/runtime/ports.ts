// The composition root: the only place where the real stores and clients are made. The clients find region, credentials and – where
// they differ from AWS's own – endpoints in the standard variables of the SDK.
import { randomUUID } from "node:crypto";
import { dynamodbClient } from "#aws/dynamodb-client.ts";
import { dynamodbInboxes } from "#aws/dynamodb-inboxes.ts";
import { dynamodbMessages } from "#aws/dynamodb-messages.ts";
import { dynamodbReceipts } from "#aws/dynamodb-receipts.ts";
import { realTiming, wait } from "#aws/timing.ts";
import type { Ports } from "#chat/ports.ts";
import { rateLimits } from "#chat/rate-limits.ts";
import { toldHere } from "#chat/told.ts";
import type { Config, FanningConfig } from "./config.ts";
import { clock, type Directory, directoryOf } from "./directory.ts";
import { openIdentityPorts } from "./identity-ports.ts";
import { directPorts } from "./pump-ports.ts";

export function openDirectory(config: Config): Directory {
  return directoryOf(config, dynamodbClient());
}

export function openPorts(config: FanningConfig): Ports {
  const client = dynamodbClient();
  const messagesTable = {
    client,
    clock,
    tableName: config.messagesTable,
    retentionDays: config.messageRetentionDays,
  };
  return {
    ...directPorts(config, client),
    ...openIdentityPorts(config, clock),
    messages: dynamodbMessages(messagesTable),
    receipts: dynamodbReceipts(messagesTable),
    inboxes: dynamodbInboxes({ client, tableName: config.membershipsTable }),
    rates: rateLimits(clock),
    told: toldHere(clock),
    wait: (ms) => wait(realTiming, ms),
    ids: { create: randomUUID },
  };
}
