// What it takes to bring a message to everybody in a room, by the size of the room; and what a busy room takes, beside the engine that chat
// samples have.
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { PumpOrder } from "#chat/pump-ports.ts";
import type { Entry } from "#protocol/messages.ts";
import { root } from "#scripts/root.ts";
import { countCalls, newCounts } from "./counted-calls.ts";
import { addedUp, difference, dollarsOf } from "./fanout-bill.ts";
import { type FanoutPoint, fanoutPlot } from "./fanout-plot.ts";
import { benchSignals } from "./fanout-signals.ts";
import { benchStage } from "./fanout-stage.ts";
import { type Busy, printTargets } from "./fanout-targets.ts";
import { type FanoutWorld, openFanoutWorld } from "./fanout-world.ts";
import { memberId } from "./fill-room.ts";
import { figure, percent, printTable } from "./print-table.ts";

/** Posts a second as in stages/base.json. */
const SETTINGS = { postsPerSecond: 4_000, answerMs: 10, directAudienceLimit: 1 };
const SIZES = [10, 100, 1_000, 10_000, 100_000];

export async function benchFanout(): Promise<void> {
  const points: FanoutPoint[] = [];
  for (const members of SIZES) points.push(await oneMessage(members));
  printSizes(points);
  writeFileSync(path.join(root, "docs", "fanout.svg"), fanoutPlot(points, SETTINGS.postsPerSecond));
  const stageMost = await benchStage(SETTINGS.postsPerSecond, SETTINGS.answerMs);
  await benchSignals(SETTINGS.postsPerSecond, SETTINGS.answerMs);
  const { ours, naive } = await busyRoom();
  printTargets({ points, stageMost, postsPerSecond: SETTINGS.postsPerSecond, ours, naive });
}

/** A quiet room: one message, and nothing else for a while. */
async function oneMessage(size: number): Promise<FanoutPoint> {
  const world = await openFanoutWorld(SETTINGS);
  try {
    const conversation = await room(world, size, 1);
    const send = (content: string) => sendTo(world, 0, content);
    // connections, credentials and code are warm in a room that is used
    await send("warm up");
    await pumpAll(world);
    await world.seen();
    const before = await world.usage();
    const counts = newCounts();
    countCalls(world.chat.client, () => counts);
    const sentAt = Date.now();
    const { ms } = await send("x".repeat(100));
    await pumpAll(world);
    const seen = await world.seen();
    const used = difference(await world.usage(), before);
    if (seen.outOfOrder > 0 || seen.frames !== size - 1) throw new Error(`${conversation}: ${JSON.stringify(seen)}`);
    const units = addedUp(counts, used.counts);
    return {
      members: size,
      lastMemberMs: seen.lastAt - sentAt,
      frames: seen.frames,
      mostPerSecond: seen.mostPerSecond,
      readUnits: units.readUnits,
      writeUnits: units.writeUnits,
      bookingUnits: used.counts.bookingUnits,
      dollars: dollarsOf({
        messages: 1,
        frames: seen.frames,
        units,
        messageMs: ms,
        fanoutMs: used.functionMs,
        invocations: used.invocations,
      }),
      memoryMb: used.mostMemoryMb,
    };
  } finally {
    await world.close();
  }
}

const BUSY = { members: 100, perSecond: 50, seconds: 20, senders: 10, naiveSeconds: 5 };

async function busyRoom(): Promise<{ readonly ours: Busy; readonly naive: Busy }> {
  const ours = await busyWith("ours", BUSY.seconds);
  const naive = await busyWith("naive", BUSY.naiveSeconds);
  const row = (name: string, one: Busy) => [
    name,
    figure(one.framesPerDelivery, 2),
    figure(one.p50Ms),
    figure(one.p99Ms),
    figure(one.outOfOrder),
    figure(one.dollars * 1e6, 1),
    percent(one.dollars, naive.dollars),
    figure(one.cpuMs, 2),
    percent(one.cpuMs, naive.cpuMs),
  ];
  printTable(
    `A busy room: ${BUSY.members} members, ${BUSY.perSecond} messages/s for ${BUSY.seconds} s (naive: ${BUSY.naiveSeconds} s)`,
    [
      "",
      "frames/message×member",
      "p50 ms",
      "p99 ms",
      "out of order",
      "$ / million",
      "of naive",
      "CPU ms / message",
      "of naive",
    ],
    [row("pump", ours), row("one SDK post per message and member", naive)],
  );
  return { ours, naive };
}

async function busyWith(engine: "ours" | "naive", seconds: number): Promise<Busy> {
  const world = await openFanoutWorld(SETTINGS);
  try {
    await room(world, BUSY.members, BUSY.senders);
    const all = Array.from({ length: BUSY.members }, (_, at) => memberId(at));
    await sendTo(world, 0, "warm up");
    await pumpAll(world);
    await world.seen();
    const before = await world.usage();
    const counts = newCounts();
    countCalls(world.chat.client, () => counts);
    const messages = BUSY.perSecond * seconds;
    const shown: Promise<unknown>[] = [];
    let sendMs = 0;
    const startedAt = performance.now();
    for (let at = 0; at < messages; at++) {
      const waitMs = startedAt + (at * 1000) / BUSY.perSecond - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const { entry, ms } = await sendTo(world, at % BUSY.senders, "x".repeat(100));
      sendMs += ms;
      if (engine === "ours") shown.push(pumpAll(world));
      else {
        world.chat.orders.splice(0);
        shown.push(world.ask({ kind: "naive", entry, members: all }));
      }
    }
    await Promise.all(shown);
    const seen = await world.seen();
    const used = difference(await world.usage(), before);
    if (seen.entries < messages * (BUSY.members - 1)) throw new Error(`not all arrived: ${JSON.stringify(seen)}`);
    const units = addedUp(counts, used.counts);
    const { functionMs, invocations } = used;
    const lambda =
      engine === "ours" ? { messageMs: sendMs, fanoutMs: functionMs, invocations } : { messageMs: sendMs + functionMs };
    return {
      framesPerDelivery: seen.frames / seen.entries,
      p50Ms: seen.p50Ms,
      p99Ms: seen.p99Ms,
      outOfOrder: seen.outOfOrder,
      dollars: dollarsOf({ messages, frames: seen.frames, units, ...lambda }) / messages,
      cpuMs: used.cpuMs / messages,
    };
  } finally {
    await world.close();
  }
}

/** The first `senders` of its members can speak. */
async function room(world: FanoutWorld, size: number, senders: number): Promise<string> {
  for (let at = 0; at < senders; at++) {
    await world.chat.open(memberId(at), { userId: `user ${at}`, dialect: "native" });
    await world.chat.say(memberId(at), { action: "joinRoom", room: "bench" });
  }
  const others = Array.from({ length: size - senders }, (_, at) => memberId(senders + at));
  await world.fill("room:bench", others);
  return "room:bench";
}

interface Sent {
  readonly entry: Entry;
  /** How long the message function ran. */
  readonly ms: number;
}

async function sendTo(world: FanoutWorld, sender: number, content: string): Promise<Sent> {
  const frame = { action: "sendMessage", to: { room: "bench" }, content };
  const startedAt = performance.now();
  const answer = await world.chat.say(memberId(sender), frame);
  const ms = performance.now() - startedAt;
  if (answer?.type !== "ack") throw new Error(JSON.stringify(answer));
  const { seq, id, sentAt, conversation } = answer as unknown as Entry;
  const entry = { type: "message", conversation, seq, id, sentAt, sender: { id: `user ${sender}` }, content } as const;
  return { entry, ms };
}

/** Every pump that was asked for is run at once, as Lambda does. */
async function pumpAll(world: FanoutWorld): Promise<void> {
  const orders: readonly PumpOrder[] = world.chat.orders.splice(0);
  await Promise.all(orders.map((order) => world.ask({ kind: "pump", order })));
}

function printSizes(points: readonly FanoutPoint[]): void {
  printTable(
    `One message to a quiet room, by a pump of ${figure(SETTINGS.postsPerSecond)} posts/s; @connections answers after ${SETTINGS.answerMs} ms`,
    [
      "members",
      "last member ms",
      "frames",
      "most posts/s",
      "read units",
      "write units",
      "to book posts",
      "$ / message",
      "pump MB",
    ],
    points.map((point) => [
      figure(point.members),
      figure(point.lastMemberMs),
      figure(point.frames),
      figure(point.mostPerSecond),
      figure(point.readUnits, 1),
      figure(point.writeUnits, 1),
      figure(point.bookingUnits, 1),
      point.dollars.toFixed(6),
      figure(point.memoryMb),
    ]),
  );
}
