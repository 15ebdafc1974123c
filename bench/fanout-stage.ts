// A whole stage at work: several rooms of several shards at the same time, each pump and each instance that pushes directly in a process of its
// own. What counts is what comes in at `@connections`: never more in any second than the stage may send.
import { setTimeout as wait } from "node:timers/promises";
import type { Member } from "#chat/ports.ts";
import type { Entry } from "#protocol/messages.ts";
import type { Seen } from "./fanout-seen.ts";
import { type FanoutWorld, openFanoutWorld } from "./fanout-world.ts";
import { figure, printTable, quantile } from "./print-table.ts";

const STAGE = { rooms: 3, shards: 2, membersPerShard: 1_500, messages: 4, everyMs: 900 };
const DIRECT = { instances: 2, members: 100, everyMs: 400, times: 12 };

const PUMPS = STAGE.rooms * STAGE.shards;
const ENGINES = PUMPS + DIRECT.instances;

/** Answers with the most posts that came in within any second. */
export async function benchStage(postsPerSecond: number, answerMs: number): Promise<number> {
  const settings = { postsPerSecond, answerMs, directAudienceLimit: 1, shards: STAGE.shards, engines: ENGINES };
  const world = await openFanoutWorld(settings);
  try {
    const rooms = Array.from({ length: STAGE.rooms }, (_, at) => `room:${at}`);
    for (const room of rooms) await fill(world, room);
    // connections, credentials and code are warm in a stage that is used
    await work(world, rooms, { messages: 1, direct: 1 });
    await wait(1_000);
    await world.seen();
    const before = await bookingUnits(world);
    const startedAt = Date.now();
    const directMs = await work(world, rooms, { messages: STAGE.messages, direct: DIRECT.times });
    const seen = await world.seen();
    if (seen.outOfOrder > 0) throw new Error(`out of order: ${JSON.stringify(seen)}`);
    const units = (await bookingUnits(world)) - before;
    print({ postsPerSecond, seen, units, directMs, seconds: (seen.lastAt - startedAt) / 1000 });
    return seen.mostPerSecond;
  } finally {
    await world.close();
  }
}

interface Measured {
  readonly postsPerSecond: number;
  readonly seen: Seen;
  /** Written to book posts. */
  readonly units: number;
  readonly directMs: readonly number[];
  readonly seconds: number;
}

function print({ postsPerSecond, seen, units, directMs, seconds }: Measured): void {
  const members = `${STAGE.rooms} rooms × ${STAGE.shards} shards × ${figure(STAGE.membersPerShard)} members`;
  printTable(
    `A stage of ${figure(postsPerSecond)} posts/s: ${PUMPS} pumps (${members}) and ${DIRECT.instances} instances that push directly to ${DIRECT.members}, each a process`,
    [
      "posts",
      "seconds",
      "posts/s",
      "most in any second",
      "write units to book",
      "per second and process",
      "direct p50 ms",
      "direct most ms",
    ],
    [
      [
        figure(seen.frames),
        figure(seconds, 1),
        figure(seen.frames / seconds),
        figure(seen.mostPerSecond),
        figure(units),
        figure(units / seconds / ENGINES, 1),
        figure(quantile(directMs, 0.5)),
        figure(directMs.at(-1) ?? 0),
      ],
    ],
  );
}

/** How long each direct push took, sorted. */
async function work(
  world: FanoutWorld,
  rooms: readonly string[],
  { messages, direct }: { readonly messages: number; readonly direct: number },
): Promise<number[]> {
  const shown: Promise<unknown>[] = [];
  const pushed = Promise.all(instances().map((instance) => pushDirectly(world, instance, direct)));
  for (let count = 0; count < messages; count++) {
    for (const room of rooms) await send(world, room);
    shown.push(pumpAll(world, rooms));
    await wait(STAGE.everyMs);
  }
  await Promise.all(shown);
  return (await pushed).flat().sort((a, b) => a - b);
}

async function bookingUnits(world: FanoutWorld): Promise<number> {
  const all = await Promise.all(Array.from({ length: ENGINES }, (_, at) => world.usage(at)));
  return all.reduce((sum, { counts }) => sum + counts.bookingUnits, 0);
}

function instances(): number[] {
  return Array.from({ length: DIRECT.instances }, (_, at) => at);
}

async function fill(world: FanoutWorld, room: string): Promise<void> {
  const sender = `sender of ${room}`;
  await world.chat.open(sender, { userId: sender, dialect: "native" });
  await world.chat.say(sender, { action: "joinRoom", room: room.replace("room:", "") });
  const count = STAGE.shards * STAGE.membersPerShard;
  await world.fill(
    room,
    Array.from({ length: count }, (_, at) => `${room}-${String(at).padStart(8, "0")}=`),
  );
}

async function send(world: FanoutWorld, room: string): Promise<void> {
  const to = { room: room.replace("room:", "") };
  const answer = await world.chat.say(`sender of ${room}`, { action: "sendMessage", to, content: "x".repeat(100) });
  if (answer?.type !== "ack") throw new Error(JSON.stringify(answer));
}

/** Every pump that was asked for is run at once; those of a shard in a process of its own. */
async function pumpAll(world: FanoutWorld, rooms: readonly string[]): Promise<void> {
  const orders = world.chat.orders.splice(0);
  const engineOf = (conversation: string, shard: number) => rooms.indexOf(conversation) * STAGE.shards + shard;
  await Promise.all(
    orders.map((order) => world.ask({ kind: "pump", order }, engineOf(order.conversation, order.shard))),
  );
}

const sent: number[] = instances().map(() => 0);

/** How long each took, in milliseconds. */
async function pushDirectly(world: FanoutWorld, instance: number, times: number): Promise<number[]> {
  const conversation = `room:direct ${instance}`;
  const members: readonly Member[] = Array.from({ length: DIRECT.members }, (_, at) => ({
    connectionId: `${instance}-direct-${at}=`,
    userId: `user ${at}`,
    dialect: "native",
  }));
  const took: number[] = [];
  for (let count = 0; count < times; count++) {
    const sentAt = new Date().toISOString();
    const seq = (sent[instance] ?? 0) + 1;
    sent[instance] = seq;
    const entry: Entry = {
      type: "message",
      conversation,
      seq,
      id: `m${seq}`,
      sentAt,
      sender: { id: "a" },
      content: "x",
    };
    const { directMs = 0 } = await world.ask({ kind: "direct", entry, members }, STAGE.rooms * STAGE.shards + instance);
    took.push(directMs);
    await wait(Math.max(0, DIRECT.everyMs - directMs));
  }
  return took;
}
