// What a room of a million members would need, on paper: a simulation, in whole seconds, of one message to everybody for each time in which the last
// member is to have it; what that costs; and what it takes until all are back. docs/architecture.md has these tables.

import { EVEN_SHARE, type Room, type Simulated, simulate } from "./million-simulation.ts";
import { type RoomUnits, roomUnits } from "./million-units.ts";
import { PRICE } from "./prices.ts";
import { figure } from "./print-table.ts";

const MEMBERS = 1_000_000;
const WITHIN_S = [60, 10, 5, 1];
/** The memory that stages/base.json gives to fanout. */
const FANOUT_GB = 1;
/** What a stage file lets a room have. */
const MOST_SHARDS = 100;
/** A message leaves, and its answers come, in so much beside the posts. */
const ASIDE_MS = 300;
const SHARDS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 80, MOST_SHARDS];
/** Of the account, unless it was raised: requests, and new connections a second (aws facts §5.1). */
const DEFAULT = { requests: 10_000, connections: 500 };
/** Of places on the stage's timeline at once, at the least (ADR 9). */
const POSTS_PER_BOOKING = 300;
/** For what comes in, beside the posts. */
const REQUESTS_ASIDE = 1_000;
const CONNECTION_MINUTE = 0.25 / 1e6;
/** Writes a second that one partition takes (aws facts §11.1). */
const PARTITION_WRITES = 1_000;
const BACK_WITHIN_MIN = [10, 5, 1];
/** The handshake, joinRoom and resume. */
const REQUESTS_OF_CLIENT = 3;

export interface MarkdownTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export async function benchMillion(): Promise<void> {
  for (const table of await millionTables()) console.log(`\n${markdown(table)}`);
}

export async function millionTables(): Promise<readonly MarkdownTable[]> {
  const units = await roomUnits();
  return [messageTable(units), backTable(units)];
}

export function markdown({ head, rows }: MarkdownTable): string {
  const lines = [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function messageTable(units: RoomUnits): MarkdownTable {
  const byDefault = { members: MEMBERS, shards: 2, postsPerSecond: DEFAULT.requests - REQUESTS_ASIDE };
  const rooms = [byDefault, ...WITHIN_S.map(roomWithin)];
  return {
    head: [
      "last member after",
      "`postsPerSecond`",
      "requests/s of the account",
      "shards = pumps at once",
      "sockets of each",
      "read units/s",
      "$ a message",
      "$ an hour of talk",
    ],
    rows: rooms.map((room) => {
      const simulated = simulate(room);
      const seconds = simulated.lastMemberMs / 1_000;
      const dollars = dollarsOf(room, simulated, units);
      return [
        `${figure(seconds, 1)} s`,
        figure(room.postsPerSecond),
        timesDefault(room.postsPerSecond + REQUESTS_ASIDE, DEFAULT.requests),
        figure(room.shards),
        figure(simulated.sockets),
        figure(rounded(readUnits(room, simulated, units) / seconds)),
        figure(dollars, 2),
        // each round takes what was said since the last one
        figure(rounded((dollars * 3_600) / seconds)),
      ];
    }),
  };
}

/** The fewest shards whose pumps go at the stage's rate, and the lowest rate that is enough. */
function roomWithin(seconds: number): Room {
  const rate = Math.ceil(MEMBERS / (seconds - ASIDE_MS / 1_000) / EVEN_SHARE);
  const postsPerSecond = Math.ceil(rate / 1_000) * 1_000;
  const rooms = SHARDS.map((shards) => ({ members: MEMBERS, shards, postsPerSecond }));
  const fits = rooms.find((room) => simulate(room).lastMemberMs <= seconds * 1_000);
  // what that many pumps can do in the time, and no more
  return fits ?? { members: MEMBERS, shards: MOST_SHARDS, postsPerSecond: MEMBERS / seconds };
}

function readUnits({ shards }: Room, { pages }: Simulated, { message, shard, page }: RoomUnits): number {
  return message.readUnits + (shards - 1) * shard.readUnits + pages * page.readUnits;
}

/** A frame to everybody, the message and its ack; each below 32 KB. */
function dollarsOf(room: Room, simulated: Simulated, units: RoomUnits): number {
  const { message, shard } = units;
  const writes = message.writeUnits + (room.shards - 1) * shard.writeUnits + room.members / POSTS_PER_BOOKING;
  return (
    (room.members + 2) * PRICE.message +
    room.shards * PRICE.lambdaRequest +
    (simulated.pumpMs / 1_000) * FANOUT_GB * PRICE.lambdaGbSecond +
    readUnits(room, simulated, units) * PRICE.readUnit +
    writes * PRICE.writeUnit
  );
}

function backTable({ client }: RoomUnits): MarkdownTable {
  const rates = [DEFAULT.connections, ...BACK_WITHIN_MIN.map((minutes) => MEMBERS / (60 * minutes))];
  return {
    head: [
      "everybody is back after",
      "new connections/s",
      "requests/s of the account",
      "write units/s",
      "shards of room and lobby",
      "$ until then",
      "$ an hour of being there",
    ],
    rows: rates.map((rate) => [
      `${figure(MEMBERS / rate / 60)} min`,
      timesDefault(rate, DEFAULT.connections),
      timesDefault(rate * REQUESTS_OF_CLIENT, DEFAULT.requests),
      figure(rounded(rate * client.writeUnits)),
      figure(Math.ceil(rate / PARTITION_WRITES)),
      figure(rounded(MEMBERS * dollarsOfClient(client)), 0),
      figure(MEMBERS * 60 * CONNECTION_MINUTE),
    ]),
  };
}

/** What it asks and is answered, and what is kept of it; the functions' time is not counted. */
function dollarsOfClient({ readUnits, writeUnits }: RoomUnits["client"]): number {
  const messages = 2 * (REQUESTS_OF_CLIENT - 1);
  return (
    messages * PRICE.message +
    REQUESTS_OF_CLIENT * PRICE.lambdaRequest +
    readUnits * PRICE.readUnit +
    writeUnits * PRICE.writeUnit
  );
}

function timesDefault(rate: number, byDefault: number): string {
  const times = rate / byDefault;
  return `${figure(rounded(rate))}${times > 1 ? ` (${figure(times, times < 10 ? 1 : 0)} ×)` : ""}`;
}

/** To two digits that count. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
