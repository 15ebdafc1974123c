// Counts what a run asks of DynamoDB – calls, and the units they are billed – and what it posts.
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { StageTurns } from "#aws/stage-turns.ts";
import type { Poster } from "#chat/post-ports.ts";

export interface Counts {
  calls: number;
  callsBeforePush: number;
  readUnits: number;
  writeUnits: number;
  /** Of these, what it cost to book posts. */
  bookingUnits: number;
  posts: number;
}

export function newCounts(): Counts {
  return { calls: 0, callsBeforePush: 0, readUnits: 0, writeUnits: 0, bookingUnits: 0, posts: 0 };
}

interface Consumed {
  readonly CapacityUnits?: number;
}

/** Every command of the client is counted into what `current` answers with. */
export function countCalls(client: DynamoDBClient, current: () => Counts): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const counts = current();
      counts.calls++;
      if (counts.posts === 0) counts.callsBeforePush++;
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
      const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: Consumed | readonly Consumed[] };
      const consumed = ConsumedCapacity === undefined ? [] : [ConsumedCapacity].flat();
      const units = consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      if (/^(Put|Update|Delete|BatchWrite)/.test(String(context.commandName))) counts.writeUnits += units;
      else counts.readUnits += units;
      if (isBooking(args.input)) counts.bookingUnits += units;
      return answer;
    },
    { step: "initialize", name: "counts" },
  );
}

function isBooking(input: object): boolean {
  return (input as { Key?: { conversation?: { S?: string } } }).Key?.conversation?.S === "timeline#posts";
}

/** Posts on the credit of `turns`, which books them as the message function does. */
export function countedPoster(current: () => Counts, turns: StageTurns): Poster {
  return {
    async post() {
      const turn = turns.take(Number.POSITIVE_INFINITY);
      if (typeof turn === "object") await turn;
      current().posts++;
      await turns.settle();
      return "sent";
    },
  };
}
