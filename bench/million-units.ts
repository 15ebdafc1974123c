// What the engine asks of DynamoDB for a large room, by running it on a small one: per message, per shard, per page of members, per client that comes.

import { MEMBERS_PER_PAGE } from "#aws/dynamodb-memberships.ts";
import { openChatWorld } from "#test/support/chat-world.ts";
import { runPumps } from "#test/support/run-pumps.ts";
import { type Counts, countCalls, newCounts } from "./counted-calls.ts";
import { fillRoom, memberId } from "./fill-room.ts";

type Units = Pick<Counts, "readUnits" | "writeUnits">;

export interface RoomUnits {
  /** Of a message to a room of one shard. */
  readonly message: Units;
  /** What each further shard adds to it. */
  readonly shard: Units;
  readonly page: Units;
  /** Of a client that comes back: it connects, joins the room and resumes. */
  readonly client: Units;
}

/** Larger rooms are told no signals (ADR 10), and a million is larger. */
const LIMIT = 200;

export async function roomUnits(): Promise<RoomUnits> {
  const [one, two, paged] = [
    await unitsOf(1, MEMBERS_PER_PAGE - 1),
    await unitsOf(2, 2 * (MEMBERS_PER_PAGE - 1)),
    await unitsOf(1, 2 * MEMBERS_PER_PAGE - 1),
  ];
  const page = minus(paged.message, one.message);
  return {
    page,
    message: minus(one.message, page),
    shard: minus(two.message, plus(one.message, page)),
    client: one.client,
  };
}

async function unitsOf(shards: number, members: number): Promise<Pick<RoomUnits, "message" | "client">> {
  const world = await openChatWorld({ shards, directAudienceLimit: LIMIT, signalsAudienceLimit: LIMIT });
  try {
    let counts = newCounts();
    countCalls(world.client, () => counts);
    const tableName = `${world.prefix}-memberships`;
    const others = Array.from({ length: members - 2 }, (_, at) => memberId(at));
    await fillRoom({ client: world.client, tableName, conversation: "room:million", shards }, others);
    const come = async (connectionId: string) => {
      await world.open(connectionId, { userId: connectionId, dialect: "native" });
      await world.say(connectionId, { action: "joinRoom", room: "million" });
      const conversations = [{ conversation: "room:million", after: 0 }];
      await world.say(connectionId, { action: "resume", conversations });
    };
    const [sender, late] = [memberId(members - 2), memberId(members - 1)];
    await come(sender);
    counts = newCounts();
    await come(late);
    const client = counts;
    // the first message finds no lease
    for (const content of ["first", "second"]) {
      counts = newCounts();
      const frame = { action: "sendMessage", to: { room: "million" }, content: content.padEnd(100), id: content };
      const answer = await world.say(sender, frame);
      if (answer?.type !== "ack") throw new Error(JSON.stringify(answer));
      await runPumps(world);
    }
    return { message: counts, client };
  } finally {
    await world.close();
  }
}

function plus(one: Units, other: Units): Units {
  return { readUnits: one.readUnits + other.readUnits, writeUnits: one.writeUnits + other.writeUnits };
}

function minus(one: Units, other: Units): Units {
  return { readUnits: one.readUnits - other.readUnits, writeUnits: one.writeUnits - other.writeUnits };
}
