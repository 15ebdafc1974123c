// Leases in the Messages table, a row for each shard of a conversation (`lease#<shard>#<conversation>`). It has no time to live: the fence
// only ever goes up, and what was pushed stays known.

import { randomUUID } from "node:crypto";
import { BatchGetItemCommand, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "#chat/ports.ts";
import type { Lease, Leases, PushProgress } from "#chat/pump-ports.ts";
import { conditionHolds, orUndefined } from "./conditional-write.ts";
import { number, type Row, text } from "./table-rows.ts";

export interface LeasesTable {
  readonly client: DynamoDBClient;
  /** The Messages table. */
  readonly tableName: string;
  readonly clock: Clock;
}

/** How far the clocks of two functions may be apart. So much later than it says a lease is taken from who had it. */
export const CLOCKS_APART_MS = 5_000;

export function dynamodbLeases({ client, tableName, clock }: LeasesTable): Leases {
  /** With the condition that nobody has taken the lease since. */
  const change = (lease: Lease, progress: PushProgress, update: string, values: Row) =>
    conditionHolds(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(lease.conversation, lease.shard),
          UpdateExpression: `SET pushed = :pushed, through = :through, #member = :member, signalled = :signalled, signalledAt = :signalledAt${update}`,
          ConditionExpression: "fence = :fence",
          ExpressionAttributeNames: { "#member": "member", "#until": "until" },
          ExpressionAttributeValues: { ":fence": { N: String(lease.fence) }, ...progressValues(progress), ...values },
        }),
      ),
    );

  return {
    async held(conversation, shards) {
      const found: Row[] = [];
      let keys = Array.from({ length: shards }, (_, shard) => keyOf(conversation, shard));
      while (keys.length > 0) {
        const { Responses, UnprocessedKeys } = await client.send(
          new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } }),
        );
        found.push(...(Responses?.[tableName] ?? []));
        keys = (UnprocessedKeys?.[tableName]?.Keys ?? []) as typeof keys;
      }
      const sureUntil = clock.now() + CLOCKS_APART_MS;
      return new Set(found.filter((row) => Number(row.until?.N ?? 0) > sureUntil).map(shardOfRow));
    },

    async take(conversation, shard, until) {
      const answer = await orUndefined(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(conversation, shard),
            UpdateExpression: "SET #until = :until, #owner = :owner ADD fence :one",
            // our own, when the SDK sends again what was done, and its answer lost
            ConditionExpression: "attribute_not_exists(#until) OR #until < :expired OR #owner = :owner",
            ExpressionAttributeNames: { "#until": "until", "#owner": "owner" },
            ExpressionAttributeValues: {
              ":until": { N: String(until) },
              ":owner": { S: randomUUID() },
              ":expired": { N: String(clock.now() - CLOCKS_APART_MS) },
              ":one": { N: "1" },
            },
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      const row = answer?.Attributes;
      return row && { conversation, shard, fence: number(row, "fence"), progress: progressOf(row) };
    },

    keep: (lease, progress, until) => change(lease, progress, ", #until = :until", { ":until": { N: String(until) } }),

    free: (lease, progress) => change(lease, progress, " REMOVE #until", {}),
  };
}

function keyOf(conversation: string, shard: number) {
  return { conversation: { S: `lease#${shard}#${conversation}` }, seq: { N: "0" } };
}

function shardOfRow(row: Row): number {
  return Number(text(row, "conversation").split("#", 2)[1]);
}

/** 0 and the empty text stand for what there is not: each write names the same attributes. */
function progressValues({ pushed = 0, underWay, signalled }: PushProgress): Row {
  return {
    ":pushed": { N: String(pushed) },
    ":through": { N: String(underWay?.through ?? 0) },
    ":member": { S: underWay?.member ?? "" },
    ":signalled": { N: String(signalled?.key ?? 0) },
    ":signalledAt": { N: String(signalled?.at ?? 0) },
  };
}

function progressOf(row: Row): PushProgress {
  const pushed = Number(row.pushed?.N ?? 0);
  const through = Number(row.through?.N ?? 0);
  const member = row.member?.S ?? "";
  const key = Number(row.signalled?.N ?? 0);
  return {
    ...(pushed > 0 ? { pushed } : {}),
    ...(through > 0 && member !== "" ? { underWay: { through, member } } : {}),
    ...(key > 0 ? { signalled: { key, at: number(row, "signalledAt") } } : {}),
  };
}
