// Pushes what is new in a conversation to one shard of its members, until nothing is new. Only one pump does so for a shard at a time: the
// one that holds the shard's lease, which knows how far its entries were pushed. That keeps them in order, and lets the next pump go on where
// one has died.

import { LIMITS } from "#protocol/limits.ts";
import type { DeliverPorts } from "./deliver.ts";
import { HeldLease } from "./held-lease.ts";
import { packEntries } from "./pack-entries.ts";
import type { Ports, SentEntry } from "./ports.ts";
import type { PumpOrder } from "./pump-ports.ts";
import { type PumpCounts, PumpTally } from "./pump-tally.ts";
import { ShardPusher } from "./push-pack.ts";
import type { WakePorts } from "./wake-pumps.ts";

export type PumpPorts = DeliverPorts & WakePorts & Pick<Ports, "messages">;

/** The function the pump runs in. */
export interface PumpRun {
  /** Until it is stopped. */
  remainingMs(): number;
  wait(ms: number): Promise<void>;
}

/** `held`: another pump is at it. `lost`: another has taken over. `handed over`: the next was started, because our time was over. */
export type PumpEnd = "done" | "held" | "lost" | "handed over";

export interface PumpReport extends PumpCounts {
  readonly end: PumpEnd;
}

/**
 * From one frame to the next. A single entry goes at once; what follows within this time goes together: that makes the frames of a busy
 * conversation few, at a delay nobody feels.
 */
const PACE_MS = 100;
/** So far before the entry that it was asked for, a shard that was never pushed to begins: entries that were stored at the same time are there. */
const FIRST_LOOK_BACK = 10;
/**
 * A shard that has not been used for long begins so far before, too. What is older was stored before anybody who is here came: API Gateway
 * ends each connection after two hours (aws facts §5.1), to which clocks may add some.
 */
const LONGEST_CONNECTION_MS = 2 * 3_600_000 + 60_000;
/** So much before the function is stopped no page of members is begun, and the next function is started. */
const HAND_OVER_MS = 10_000;

/** @param tally for whoever wants to know what was done even when it fails */
export async function pump(
  ports: PumpPorts,
  order: PumpOrder,
  run: PumpRun,
  tally = new PumpTally(ports.clock, order),
): Promise<PumpReport> {
  const end = await pumpUntilEnd(ports, order, run, tally);
  return { end, ...tally.counts };
}

async function pumpUntilEnd(ports: PumpPorts, order: PumpOrder, run: PumpRun, tally: PumpTally): Promise<PumpEnd> {
  const pusher = new ShardPusher(ports, order, tally);
  for (let taken = 0; ; taken++) {
    const lease = await HeldLease.take(ports, order.conversation, order.shard);
    if (!lease) return taken === 0 ? "held" : "done";
    const end = await pumpWhileHeld(ports, order, run, { lease, pusher });
    if (end === "lost") return end;
    if (end === "handed over") {
      await ports.pumps.start({ ...order, at: ports.clock.now() });
      return end;
    }
    // an entry that was stored after our last look has woken nobody if its sender saw the lease still held
    const pushed = lease.progress.pushed ?? order.seq;
    if ((await ports.messages.sentAfter(order.conversation, pushed, 1)).length === 0) return end;
  }
}

interface Held {
  readonly lease: HeldLease;
  readonly pusher: ShardPusher;
}

/** Gives the lease back in the end, whatever happens: the next entry's sender finds it free. */
async function pumpWhileHeld(ports: PumpPorts, order: PumpOrder, run: PumpRun, held: Held): Promise<PumpEnd> {
  const { lease } = held;
  let end: PumpEnd;
  try {
    await startWhereDue(ports, order, lease);
    end = await pumpRounds(ports, order, run, held);
  } catch (error) {
    await lease.free().catch(() => {});
    throw error;
  }
  await lease.free();
  return end;
}

/** Entries that were shown directly, while the audience was small, are not pushed again. */
async function startWhereDue(ports: PumpPorts, { conversation, seq }: PumpOrder, lease: HeldLease): Promise<void> {
  const { underWay } = lease.progress;
  const pushed = await pushedBefore(ports, conversation, Math.max(0, seq - 1 - FIRST_LOOK_BACK), lease);
  const shownDirectly = await ports.messages.lastShownDirectly(conversation);
  // not beyond the entry we were asked to push, whatever came after it
  const due = Math.max(pushed, Math.min(shownDirectly, seq - 1));
  if (due > (lease.progress.pushed ?? 0))
    lease.progress = { pushed: due, ...(underWay && underWay.through > due ? { underWay } : {}) };
}

async function pushedBefore(
  ports: PumpPorts,
  conversation: string,
  atFirst: number,
  lease: HeldLease,
): Promise<number> {
  const { pushed = atFirst } = lease.progress;
  if (pushed >= atFirst) return pushed;
  const [next] = await ports.messages.sentAfter(conversation, pushed, 1);
  const isLongAgo = next && ports.clock.now() - Date.parse(next.entry.sentAt) > LONGEST_CONNECTION_MS;
  return isLongAgo ? atFirst : pushed;
}

async function pumpRounds(ports: PumpPorts, order: PumpOrder, run: PumpRun, { lease, pusher }: Held): Promise<PumpEnd> {
  const hasTime = () => run.remainingMs() > HAND_OVER_MS;
  for (;;) {
    const { pushed = 0 } = lease.progress;
    const [first, ...more] = await ports.messages.sentAfter(order.conversation, pushed, LIMITS.entriesPerPush);
    if (!first) return "done";
    if (!hasTime()) return "handed over";
    const startedAt = ports.clock.now();
    const { pack, after } = packFor(lease, [first, ...more]);
    if (!(await pusher.push(pack, lease, after, hasTime))) {
      if (lease.isTaken) return "lost";
      if (await lease.holds()) return "handed over";
      // so that Lambda tries again: nobody else may be there to go on
      throw new Error(`The lease of ${order.conversation}, shard ${order.shard}, could not be kept.`);
    }
    await lease.note({ pushed: pack.through });
    const isAll = pack.entries.length === more.length + 1 && more.length + 1 < LIMITS.entriesPerPush;
    if (isAll) await run.wait(Math.max(0, startedAt + PACE_MS - ports.clock.now()));
  }
}

/** What was under way when the lease changed hands is finished first, for the members who have not got it yet. */
function packFor({ progress: { underWay } }: HeldLease, sent: readonly [SentEntry, ...SentEntry[]]) {
  if (underWay) {
    const [first, ...more] = sent;
    const pack = packEntries([first, ...more.filter(({ entry }) => entry.seq <= underWay.through)]);
    if (pack.through === underWay.through) return { pack, after: underWay.member };
  }
  return { pack: packEntries(sent), after: undefined };
}
