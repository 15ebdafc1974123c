// The memory of a pump's process, up to rooms of a million members, which are made up rather than stored. As fast as one process can post.
import { type FanoutWorld, openFanoutWorld } from "./fanout-world.ts";
import { memberId } from "./fill-room.ts";
import { figure, printTable } from "./print-table.ts";

const SIZES = [10, 1_000, 100_000, 1_000_000];
const SETTINGS = { postsPerSecond: 20_000, answerMs: 5, directAudienceLimit: 1 };

export async function benchPumpMemory(): Promise<void> {
  const rows: string[][] = [];
  for (const size of SIZES) {
    const world = await openFanoutWorld({ ...SETTINGS, madeUp: size });
    try {
      rows.push(await oneRun(world, size));
    } finally {
      await world.close();
    }
  }
  printTable(
    `Memory of a pump, by the size of the room; @connections answers after ${SETTINGS.answerMs} ms`,
    ["members", "last member s", "posts/s", "CPU µs / post", "most MB"],
    rows,
  );
}

async function oneRun(world: FanoutWorld, size: number): Promise<string[]> {
  // enough members to be many; of the others only the pump hears
  for (const at of [0, 1]) {
    await world.chat.open(memberId(at), { userId: `user ${at}`, dialect: "native" });
    await world.chat.say(memberId(at), { action: "joinRoom", room: "bench" });
  }
  const startedAt = Date.now();
  const message = { action: "sendMessage", to: { room: "bench" }, content: "x".repeat(100) };
  const answer = await world.chat.say(memberId(0), message);
  if (answer?.type !== "ack") throw new Error(JSON.stringify(answer));
  await Promise.all(world.chat.orders.splice(0).map((order) => world.ask({ kind: "pump", order })));
  const seen = await world.seen();
  // the sender is shown who came, if that goes with the message
  if (seen.frames < size - 1 || seen.frames > size) throw new Error(`${seen.frames} frames for ${size} members`);
  const { cpuMs, mostMemoryMb } = await world.usage();
  const seconds = (seen.lastAt - startedAt) / 1000;
  return [
    figure(size),
    figure(seconds, 1),
    figure(seen.frames / seconds),
    figure((cpuMs * 1000) / size),
    figure(mostMemoryMb),
  ];
}
