// Runs the pumps that were asked for as Lambda runs events: later, and again when they fail – after a minute, then after two more.
import { type PumpReport, type PumpRun, pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import type { ChatWorld, Instance } from "./chat-world.ts";

const RETRIES_AFTER_MS = [60_000, 120_000];

/** A function that is not stopped, in which waiting takes no time but the world's. */
export function pumpRun(world: ChatWorld, remainingMs: () => number = () => 300_000): PumpRun {
  return { remainingMs, wait: async (ms) => world.pass(ms) };
}

export function runPump(world: ChatWorld, order: PumpOrder, instance: Instance = world): Promise<PumpReport> {
  return pump(instance.ports, order, pumpRun(world));
}

/** Until none is left, those among them that others have started. Answers with what they reported. */
export async function runPumps(world: ChatWorld): Promise<readonly PumpReport[]> {
  const reports: PumpReport[] = [];
  for (let order = world.orders.shift(); order; order = world.orders.shift()) {
    reports.push(await retried(world, order));
  }
  return reports;
}

export async function retried(world: ChatWorld, order: PumpOrder, after = RETRIES_AFTER_MS): Promise<PumpReport> {
  try {
    return await runPump(world, order);
  } catch (error) {
    const [waitMs, ...more] = after;
    if (waitMs === undefined) throw error;
    world.pass(waitMs);
    return retried(world, order, more);
  }
}

/** Neither entries nor what carries them. */
const SIGNALS: readonly unknown[] = ["signals", "presence", "typing", "receipt"];

/** The entries that arrived, frames of several taken apart. */
export function entriesIn(frames: readonly Record<string, unknown>[]): readonly { seq: number; content: string }[] {
  const carrying = frames.filter(({ type }) => !SIGNALS.includes(type));
  return carrying.flatMap((frame) => (frame.type === "entries" ? frame.entries : [frame])) as {
    seq: number;
    content: string;
  }[];
}
