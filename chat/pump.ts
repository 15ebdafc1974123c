// Pushes what is new in a conversation to one shard of its members, until nothing is new. Only one pump does so for a shard at a time: the
// one that holds the shard's lease, which knows how far its entries were pushed. That keeps them in order, and lets the next pump go on where
// one has died.

import { LIMITS } from "#protocol/limits.ts";
import type { DeliverPorts } from "./deliver.ts";
import { EntryWatch } from "./entry-watch.ts";
import { HeldLease } from "./held-lease.ts";
import { packEntries } from "./pack-entries.ts";
import type { Ports, SentEntry } from "./ports.ts";
import type { PumpOrder } from "./pump-ports.ts";
import { PumpSignals } from "./pump-signals.ts";
import { type PumpCounts, PumpTally } from "./pump-tally.ts";
import { ShardPusher } from "./push-pack.ts";

export type PumpPorts = DeliverPorts & Pick<Ports, "messages">;

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
  const signals = new PumpSignals(ports, order);
  for (let taken = 0; ; taken++) {
    const lease = await HeldLease.take(ports, order.conversation, order.shard);
    if (!lease) return taken === 0 ? "held" : "done";
    const end = await pumpWhileHeld(ports, order, run, { lease, pusher, signals });
    if (end === "lost") return end;
    if (end === "handed over") {
      const { signal: _, ...rest } = order;
      await ports.pumps.start({ ...rest, at: ports.clock.now() });
      return end;
    }
    // what was stored or noted after our last look has woken nobody if its sender saw the lease still held
    const [{ length }] = await Promise.all([
      ports.messages.sentAfter(order.conversation, lease.pushed, 1),
      signals.look(true),
    ]);
    if (length === 0 && !signals.areWaiting) return end;
  }
}

interface Held {
  readonly lease: HeldLease;
  readonly pusher: ShardPusher;
  readonly signals: PumpSignals;
}

/** Gives the lease back in the end, whatever happens: the next entry's sender finds it free. */
async function pumpWhileHeld(ports: PumpPorts, order: PumpOrder, run: PumpRun, held: Held): Promise<PumpEnd> {
  const { lease } = held;
  let end: PumpEnd;
  try {
    await startWhereDue(ports, order, lease);
    held.signals.begin(lease.signalled);
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
  if (seq === undefined) return passOver(ports, conversation, lease);
  const { underWay } = lease.progress;
  const pushed = await pushedBefore(ports, conversation, Math.max(0, seq - 1 - FIRST_LOOK_BACK), lease);
  const shownDirectly = await ports.messages.lastShownDirectly(conversation);
  // not beyond the entry we were asked to push, whatever came after it
  const due = Math.max(pushed, Math.min(shownDirectly, seq - 1));
  if (due > (lease.progress.pushed ?? 0))
    lease.progress = { pushed: due, ...(underWay && underWay.through > due ? { underWay } : {}) };
}

/** Asked to push a signal. An entry before this, whose own pump is still to come, is left to that one: so it is noted nowhere. */
async function passOver(ports: PumpPorts, conversation: string, lease: HeldLease): Promise<void> {
  const [shownDirectly, snapshot] = await Promise.all([
    ports.messages.lastShownDirectly(conversation),
    ports.snapshots.read({ conversations: [conversation] }),
  ]);
  const last = snapshot.lastSeq(conversation) ?? 0;
  const pushed = await pushedBefore(ports, conversation, Math.max(0, last - FIRST_LOOK_BACK), lease);
  lease.passOver(Math.max(pushed, shownDirectly));
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

async function pumpRounds(ports: PumpPorts, order: PumpOrder, run: PumpRun, held: Held): Promise<PumpEnd> {
  const { lease, pusher, signals } = held;
  const hasTime = () => run.remainingMs() > HAND_OVER_MS;
  for (;;) {
    const [[first, ...more]] = await Promise.all([
      ports.messages.sentAfter(order.conversation, lease.pushed, LIMITS.entriesPerPush),
      signals.look(),
    ]);
    if (!first && !signals.areWaiting) return "done";
    if (!hasTime()) return "handed over";
    if (!first) {
      if (signals.dueInMs > 0) await run.wait(Math.min(signals.dueInMs, PACE_MS));
      else if (!(await pushSignals(ports, order, held, hasTime))) return "done";
      continue;
    }
    const startedAt = ports.clock.now();
    const { pack, after } = packFor(lease, [first, ...more]);
    signals.spoken(pack.entries);
    const beside = signals.pack();
    const both = beside && pack.with(beside);
    if (!(await pusher.push(both ?? pack, lease, after, hasTime))) {
      if (lease.isTaken) return "lost";
      if (await lease.holds()) return "handed over";
      // so that Lambda tries again: nobody else may be there to go on
      throw new Error(`The lease of ${order.conversation}, shard ${order.shard}, could not be kept.`);
    }
    if (both) pusher.carried(beside);
    if (both || !beside) lease.signalled = signals.pushed(both !== undefined) ?? lease.signalled;
    await lease.note({ pushed: pack.through });
    const isAll = pack.entries.length === more.length + 1 && more.length + 1 < LIMITS.entriesPerPush;
    if (isAll) await run.wait(Math.max(0, startedAt + PACE_MS - ports.clock.now()));
  }
}

/**
 * Stops for the first entry that comes: what is not through by then goes with it, to everybody. False when the lease may be another's:
 * with nothing to lose, it is left to them.
 */
async function pushSignals(
  ports: PumpPorts,
  { conversation }: PumpOrder,
  { lease, pusher, signals }: Held,
  hasTime: () => boolean,
): Promise<boolean> {
  const pack = signals.pack();
  const watch = new EntryWatch(ports, conversation, lease.pushed);
  const mayGoOn = () => {
    const [holds, isNext] = [hasTime() && lease.holds(), watch.noneWaits()];
    return holds === true && isNext === true ? true : Promise.all([holds, isNext]).then(([a, b]) => a && b);
  };
  if (pack && !(await pusher.pushSignals(pack, mayGoOn))) return !lease.isTaken && (await lease.holds());
  lease.signalled = signals.pushed(pack !== undefined) ?? lease.signalled;
  return true;
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
