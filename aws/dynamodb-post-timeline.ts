// The stage's timeline of posts in a row of the Messages table (`timeline#posts`): until when it is booked, and what time it was for who wrote
// it last. To book is one write, for many posts at once. Clocks may differ: a timeline goes by the clock that is furthest ahead of those
// that write to it, and whoever reads the row learns that time. Between writes everybody counts on by a clock that never jumps.
import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Booking, PostTimeline } from "./post-timeline.ts";
import type { Row } from "./table-rows.ts";
import type { Timing } from "./timing.ts";

export interface TimelineTable {
  readonly client: DynamoDBClient;
  /** The Messages table. */
  readonly tableName: string;
  /** Of the whole stage. */
  readonly postsPerSecond: number;
  readonly timing: Timing;
}

/** Further ahead nobody books: who finds the line that long comes back later. */
export const LONGEST_LINE_MS = 1_000;
/** In the row, times are whole microseconds. */
const PER_MS = 1_000;
/** Each try fails only when somebody else has booked in between. */
const TRIES = 5;

export function dynamodbPostTimeline({ client, tableName, postsPerSecond, timing }: TimelineTable): PostTimeline {
  /** The timeline's time less `timing.elapsed()`, as far as it was learned. */
  let offset = Number.NEGATIVE_INFINITY;
  /** Until when the line is booked, as far as we know. */
  let next = 0;
  /** The places at its end that are all our own. */
  let own = { from: 0, end: 0 };

  const now = () => Math.floor(Math.max(timing.now(), offset + timing.elapsed()) * PER_MS);
  const learn = (row: Row | undefined) => {
    next = Number(row?.next?.N ?? 0);
    offset = Math.max(offset, Number(row?.at?.N ?? 0) / PER_MS - timing.elapsed());
  };
  /** Whether the condition held. */
  const write = async (at: number, condition: string, to: string, values: Row) => {
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { conversation: { S: "timeline#posts" }, seq: { N: "0" } },
          ConditionExpression: condition,
          UpdateExpression: `SET #next = ${to}, #at = :now`,
          ExpressionAttributeNames: { "#next": "next", "#at": "at" },
          ExpressionAttributeValues: { ":now": { N: String(at) }, ...values },
          ReturnValues: "ALL_OLD",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      learn(Attributes);
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      learn(error.Item);
      return false;
    }
  };

  return {
    async book(alone, shared = alone): Promise<Booking> {
      const lengthOf = (count: number) => Math.ceil((count * 1000 * PER_MS) / postsPerSecond);
      const booked = (count: number, from: number): Booking => {
        next = from + lengthOf(count);
        own = { from: from === own.end ? own.from : from, end: next };
        const inMs = (from - now()) / PER_MS;
        return { count, at: timing.elapsed() + inMs, aheadMs: Math.max(0, inMs), alone: own.from <= now() };
      };
      for (let tries = 0; tries < TRIES; tries++) {
        const at = now();
        if (next < at) {
          const values = { ":end": { N: String(at + lengthOf(alone)) } };
          if (await write(at, "attribute_not_exists(#next) OR #next < :now", ":end", values)) return booked(alone, at);
          continue;
        }
        const overMs = (next - at) / PER_MS - LONGEST_LINE_MS;
        if (overMs > 0 && tries > 0)
          return { count: 0, at: timing.elapsed() + overMs, aheadMs: overMs + LONGEST_LINE_MS, alone: false };
        const isOurs = next === own.end && own.from <= at && overMs <= 0;
        const count = isOurs ? alone : shared;
        const values = {
          ":least": { N: String(isOurs ? next : at) },
          ":most": { N: String(isOurs ? next : at + LONGEST_LINE_MS * PER_MS) },
          ":length": { N: String(lengthOf(count)) },
        };
        if (await write(at, "#next BETWEEN :least AND :most", "#next + :length", values)) return booked(count, next);
      }
      throw new Error(`The posts of the stage could not be booked: ${TRIES} times others were first`);
    },
  };
}
