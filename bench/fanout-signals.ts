// What it takes that everybody in a busy room sees who types, comes, goes and reads; beside a post for each event and member.
import { setTimeout as wait } from "node:timers/promises";
import { countCalls, newCounts } from "./counted-calls.ts";
import { addedUp, difference, dollarsOf } from "./fanout-bill.ts";
import { type FanoutWorld, openFanoutWorld } from "./fanout-world.ts";
import { memberId } from "./fill-room.ts";
import { figure, percent, printTable } from "./print-table.ts";

const ROOM = { members: 500, active: 30, seconds: 20, eventsPerSecond: 15 };
const DIRECT_LIMIT = 200;

export async function benchSignals(postsPerSecond: number, answerMs: number): Promise<void> {
  const quiet = await signalsWith({ postsPerSecond, answerMs, messagesPerSecond: 0 });
  const talking = await signalsWith({ postsPerSecond, answerMs, messagesPerSecond: 2 });
  const row = (name: string, { events, frames, dollars }: Bill, naive: Bill) => [
    name,
    figure(events),
    figure(frames),
    figure(frames / ROOM.members / ROOM.seconds, 2),
    percent(frames, naive.frames),
    figure((dollars / ROOM.seconds) * 3600, 2),
    percent(dollars, naive.dollars),
  ];
  printTable(
    `Signs of life in a room of ${ROOM.members}: ${ROOM.eventsPerSecond} a second of ${ROOM.active} people who type, read, come and go, for ${ROOM.seconds} s`,
    ["", "events", "frames", "a member and second", "of naive", "$ / hour", "of naive"],
    [
      row("nobody says anything", quiet.ours, quiet.naive),
      row("a post for each event and member", quiet.naive, quiet.naive),
      row("2 messages a second, too", talking.ours, talking.naive),
      row("a post for each event, message and member", talking.naive, talking.naive),
    ],
  );
}

interface Bill {
  readonly events: number;
  readonly frames: number;
  readonly dollars: number;
}

interface Settings {
  readonly postsPerSecond: number;
  readonly answerMs: number;
  readonly messagesPerSecond: number;
}

async function signalsWith({ messagesPerSecond, ...settings }: Settings): Promise<{ ours: Bill; naive: Bill }> {
  const world = await openFanoutWorld({ ...settings, directAudienceLimit: DIRECT_LIMIT });
  try {
    await fill(world);
    const before = await world.usage();
    const counts = newCounts();
    countCalls(world.chat.client, () => counts);
    const asked = await live(world, messagesPerSecond);
    const { frames } = await world.seen();
    const used = difference(await world.usage(), before);
    const { events, messages, ms } = asked;
    const ours = dollarsOf({
      messages: events + messages,
      frames,
      units: addedUp(counts, used.counts),
      messageMs: ms,
      fanoutMs: used.functionMs,
      invocations: used.invocations,
    });
    const naiveFrames = (events + messages) * (ROOM.members - 1);
    // its posts alone: not its calls, and not the time that they take
    const none = { readUnits: 0, writeUnits: 0 };
    const naive = dollarsOf({ messages: events + messages, frames: naiveFrames, units: none, messageMs: 0 });
    return { ours: { events, frames, dollars: ours }, naive: { events, frames: naiveFrames, dollars: naive } };
  } finally {
    await world.close();
  }
}

async function fill(world: FanoutWorld): Promise<void> {
  const others = Array.from({ length: ROOM.members - ROOM.active }, (_, at) => memberId(ROOM.active + at));
  await world.fill("room:bench", others);
  for (let at = 0; at < ROOM.active; at++) {
    await world.chat.open(memberId(at), { userId: `user ${at}`, dialect: "native" });
    await world.chat.say(memberId(at), { action: "joinRoom", room: "bench" });
  }
  await send(world, 0);
  await pumpAll(world);
  await world.seen();
}

/** What people do, evenly over the time; each pump that is asked for is run at once, as Lambda does. */
async function live(world: FanoutWorld, messagesPerSecond: number) {
  const total = (ROOM.eventsPerSecond + messagesPerSecond) * ROOM.seconds;
  const everyMs = (ROOM.seconds * 1000) / total;
  const isMessage = (at: number) =>
    Math.floor(((at + 1) * messagesPerSecond * ROOM.seconds) / total) >
    Math.floor((at * messagesPerSecond * ROOM.seconds) / total);
  const pumps: Promise<unknown>[] = [];
  let seq = 1;
  let messages = 0;
  let ms = 0;
  const startedAt = performance.now();
  for (let at = 0; at < total; at++) {
    await wait(Math.max(0, startedAt + at * everyMs - performance.now()));
    const askedAt = performance.now();
    if (isMessage(at)) {
      messages++;
      seq = await send(world, at % ROOM.active);
    } else await act(world, at, seq);
    ms += performance.now() - askedAt;
    pumps.push(pumpAll(world));
  }
  await Promise.all(pumps);
  return { events: total - messages, messages, ms };
}

/** Two of three type; the others read, go and come back. */
async function act(world: FanoutWorld, at: number, seq: number): Promise<void> {
  const who = memberId(at % ROOM.active);
  const to = { room: "bench" };
  if (at % 3 > 0) await world.chat.say(who, { action: "typing", to });
  else if (at % 2 === 0)
    await world.chat.say(who, { action: "receipt", conversation: "room:bench", seq, kind: "read" });
  else {
    await world.chat.say(who, { action: "leaveRoom", room: "bench" });
    await world.chat.say(who, { action: "joinRoom", room: "bench" });
  }
}

async function send(world: FanoutWorld, sender: number): Promise<number> {
  const frame = { action: "sendMessage", to: { room: "bench" }, content: "x".repeat(100) };
  const answer = await world.chat.say(memberId(sender), frame);
  if (answer?.type !== "ack") throw new Error(JSON.stringify(answer));
  return Number(answer.seq);
}

async function pumpAll(world: FanoutWorld): Promise<void> {
  await Promise.all(world.chat.orders.splice(0).map((order) => world.ask({ kind: "pump", order })));
}
