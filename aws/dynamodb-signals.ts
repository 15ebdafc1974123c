// Signals on their way to large audiences: a row each in the Messages table, under `signals#…`, in the order of when they were noted. Nobody
// needs them for longer than a minute, so they are written without conditions and read no further than the newest.
import { type DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "#chat/ports.ts";
import type { NotedSignal, Signals } from "#chat/signal-ports.ts";
import { DIALECT_NAMES } from "#protocol/dialects/dialect.ts";
import type { Signal } from "#protocol/messages.ts";
import { epochSeconds, number, optionalText, type Row, text, textAttributes } from "./table-rows.ts";

export interface SignalsTable {
  readonly client: DynamoDBClient;
  /** The Messages table. */
  readonly tableName: string;
  readonly clock: Clock;
  /** How long reading in a hurry may take. */
  readonly hurryMs?: number;
}

const TTL_SECONDS = 120;

export function dynamodbSignals({ client, tableName, clock, hurryMs }: SignalsTable): Signals {
  return {
    async note({ signal, at, dialect }) {
      const now = clock.now();
      // within one millisecond of one conversation two are rarely the same; then the later one counts
      const key = now * 1000 + Math.floor(Math.random() * 1000);
      const { conversation, ...rest } = signal;
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...textAttributes({ conversation: partition(conversation), signal: JSON.stringify(rest), dialect }),
            seq: { N: String(key) },
            at: { N: String(at) },
            ttl: { N: String(epochSeconds(now) + TTL_SECONDS) },
          },
        }),
      );
      return key;
    },

    async after(conversation, key, most, pace) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          // who noted one and sees a pump at it relies on that pump
          ConsistentRead: true,
          KeyConditionExpression: "conversation = :signals AND seq > :key",
          ExpressionAttributeValues: { ":signals": { S: partition(conversation) }, ":key": { N: String(key) } },
          ScanIndexForward: false,
          Limit: most,
        }),
        hurryMs === undefined || pace === "at leisure" ? {} : { abortSignal: AbortSignal.timeout(hurryMs) },
      );
      return Items.map((row) => notedSignal(conversation, row)).reverse();
    },
  };
}

function partition(conversation: string): string {
  return `signals#${conversation}`;
}

function notedSignal(conversation: string, row: Row): NotedSignal {
  const dialect = DIALECT_NAMES.find((known) => known === optionalText(row, "dialect"));
  return {
    key: number(row, "seq"),
    signal: { ...JSON.parse(text(row, "signal")), conversation } as Signal,
    at: number(row, "at"),
    ...(dialect === undefined ? {} : { dialect }),
  };
}
