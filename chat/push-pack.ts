// Posts a pack of entries, or signals, to one shard of a conversation's members, page by page: no more of them are in memory than a page, the
// next, and those whose posts are under way.

import type { DeliverPorts } from "./deliver.ts";
import { forgetConnection } from "./forget-connection.ts";
import type { HeldLease } from "./held-lease.ts";
import { mayBeConnecting } from "./may-be-connecting.ts";
import type { Pack } from "./pack-entries.ts";
import type { SignalPack } from "./pack-signals.ts";
import type { Member, MemberPage } from "./ports.ts";
import { postInLanes } from "./post-in-lanes.ts";
import type { PostRun, Resting } from "./post-ports.ts";
import type { PumpTally } from "./pump-tally.ts";
import { restingHere } from "./resting.ts";

export interface Shard {
  readonly conversation: string;
  readonly shard: number;
}

/** A post that takes longer is given up: the shard's other members wait for it. */
const POST_BUDGET_MS = 1_000;
/** Signals are dropped where posts are short, and an entry that is stored meanwhile waits no longer than this. */
const SIGNALS_BUDGET_MS = 300;
/** Who was throttled is left alone for a while: its buffer is full, and each try would keep the others waiting. */
const REST_MS = 5_000;
export class ShardPusher {
  readonly #ports: DeliverPorts;
  readonly #at: Shard;
  readonly #tally: PumpTally;
  readonly #resting: Resting;

  constructor(ports: DeliverPorts, at: Shard, tally: PumpTally) {
    this.#ports = ports;
    this.#at = at;
    this.#tally = tally;
    this.#resting = restingHere(ports.clock, { first: REST_MS, most: REST_MS });
  }

  /** Goes on after the member `after`; false when it had to stop before the end, because the lease or the time was over. */
  async push(pack: Pack, lease: HeldLease, after: string | undefined, mayGoOn: () => boolean): Promise<boolean> {
    let members = 0;
    const isDone = await postInLanes({
      pages: this.#pages(after),
      lanes: this.#ports.postConcurrency,
      mayGoOn: () => mayGoOn() && lease.holds(),
      postTo: (member, run) => this.#pushTo(member, pack.framesFor(member), run),
      passed: (count, next) => {
        members += count;
        if (next === undefined) return;
        const { pushed } = lease.progress;
        const underWay = { through: pack.through, member: next };
        // noted when the lease is next kept: it is for whoever takes over
        lease.progress = pushed === undefined ? { underWay } : { pushed, underWay };
      },
    });
    if (!isDone) return false;
    this.#tally.round(members, pack.entries.length, this.#ports.clock.now() - oldest(pack));
    return true;
  }

  /** Signals went with entries. */
  carried({ count }: SignalPack): void {
    this.#tally.signals(count);
  }

  /** False when it had to stop before the end. */
  async pushSignals(pack: SignalPack, mayGoOn: PostRun["mayGoOn"]): Promise<boolean> {
    const isDone = await postInLanes({
      pages: this.#pagesToSignal(),
      lanes: this.#ports.postConcurrency,
      mayGoOn,
      postTo: (member) => this.#signalTo(member, pack.framesFor(member)),
      passed: () => {},
    });
    if (!isDone) return false;
    this.#tally.signals(pack.count);
    return true;
  }

  /** Who noted the signals may not have seen yet how large the audience has become. */
  async *#pagesToSignal(): AsyncGenerator<MemberPage> {
    let members = 0;
    for await (const page of this.#pages(undefined)) {
      members += page.members.length;
      if (members > this.#ports.signalsAudienceLimit) return;
      yield page;
    }
  }

  /** The next page is read while this one is posted. */
  async *#pages(after: string | undefined): AsyncGenerator<MemberPage> {
    const { conversation, shard } = this.#at;
    const read = (from: string | undefined) => this.#ports.memberships.page(conversation, shard, from);
    let page = read(after);
    for (;;) {
      const current = await page;
      if (current.next !== undefined) {
        page = read(current.next);
        // when we stop before it is needed, nobody cares how it ended
        page.catch(() => {});
      }
      yield current;
      if (current.next === undefined) return;
    }
  }

  /** False when the run is not to go on. */
  async #pushTo(member: Member, frames: readonly string[], run: PostRun): Promise<boolean> {
    const { connectionId, since } = member;
    if (this.#resting.rests(connectionId)) return true;
    for (const frame of frames) {
      const options = { connectedAt: since, budgetMs: POST_BUDGET_MS, run };
      const outcome = await this.#ports.poster.post(connectionId, frame, options);
      if (outcome === "withdrawn") return false;
      this.#tally.posted(outcome, Buffer.byteLength(frame));
      if (outcome === "throttled") this.#resting.note(connectionId);
      if (outcome === "gone") await this.#forgetIfGone(member);
      // the frames of one member have an order
      if (outcome !== "sent") break;
    }
    return true;
  }

  /** Who is throttled is none the less posted the next entry. */
  async #signalTo(member: Member, frames: readonly string[]): Promise<true> {
    const { connectionId, since } = member;
    if (this.#resting.rests(connectionId)) return true;
    for (const frame of frames) {
      const options = { connectedAt: since, budgetMs: SIGNALS_BUDGET_MS, mayGetLost: true };
      const outcome = await this.#ports.poster.post(connectionId, frame, options);
      this.#tally.signalled(outcome);
      if (outcome === "gone") await this.#forgetIfGone(member);
      if (outcome !== "sent") break;
    }
    return true;
  }

  /** One that cannot be forgotten now harms nobody: the next post finds it again. */
  async #forgetIfGone(member: Member): Promise<void> {
    if (mayBeConnecting(this.#at.conversation, member, this.#ports.clock.now())) return;
    const { connectionId, userId } = member;
    try {
      await forgetConnection(this.#ports, connectionId, userId);
    } catch {
      this.#resting.note(connectionId);
    }
  }
}

function oldest(pack: Pack): number {
  return Math.min(...pack.entries.map(({ entry }) => Date.parse(entry.sentAt)));
}
