// Fetches what is missing of conversations: after a reconnect at once and many in one request, after a push out of turn only when the
// missing one does not come by itself.
import type { AckFields, Entry } from "#protocol/messages.ts";
import type { Step } from "./conversation.ts";
import type { ConversationGap, Tracked } from "./conversations.ts";
import { reconnectDelayMs } from "./reconnect.ts";
import { RequestError } from "./request-error.ts";
import { resumeBatches } from "./resume-batches.ts";
import type { Cancel, Timers } from "./timers.ts";

export type Resumed = AckFields["resume"]["conversations"][number];

/** What each conversation has after `after`. */
export type Resume = (
  conversations: readonly { readonly conversation: string; readonly after: number }[],
) => Promise<readonly Resumed[]>;

export interface RecoveryPorts {
  readonly timers: Timers;
  readonly random: () => number;
  readonly resume: Resume;
  /** False once it was forgotten. */
  isTracked(tracked: Tracked): boolean;
  deliver(entry: Entry): void;
  gap(gap: ConversationGap): void;
  problem(error: RequestError): void;
}

/** Pushes overtake each other by milliseconds; asking the store costs a billed message. */
export const GAP_PATIENCE_MS = 400;

/** One timer may be for many; it is for those that are still waiting for it. */
interface Wait {
  readonly cancel: Cancel;
}

export class Recovery {
  readonly #ports: RecoveryPorts;
  readonly #asking = new Set<Tracked>();
  /** Missed something while they were being asked for. */
  readonly #again = new Set<Tracked>();
  readonly #waits = new Map<Tracked, Wait>();

  constructor(ports: RecoveryPorts) {
    this.#ports = ports;
  }

  /** Some of its entries wait for one that should have come before them. */
  ifBlocked(tracked: Tracked): void {
    if (this.#asking.has(tracked) || this.#waits.has(tracked)) return;
    if (tracked.conversation.highestWaiting !== undefined) this.#askIn(GAP_PATIENCE_MS, [tracked], isBlocked);
  }

  /** Even when nothing waits, pushes may have been missed altogether. */
  catchUp(missed: readonly Tracked[]): void {
    for (const tracked of missed) this.#cancel(tracked);
    for (const tracked of missed) if (this.#asking.has(tracked)) this.#again.add(tracked);
    this.#askAll(missed.filter((tracked) => !this.#asking.has(tracked)));
  }

  pause(): void {
    this.#again.clear();
    for (const tracked of [...this.#waits.keys()]) this.#cancel(tracked);
  }

  forget(tracked: Tracked): void {
    this.#again.delete(tracked);
    this.#cancel(tracked);
  }

  #cancel(tracked: Tracked): void {
    const wait = this.#waits.get(tracked);
    this.#waits.delete(tracked);
    if (wait !== undefined && ![...this.#waits.values()].includes(wait)) wait.cancel();
  }

  #askIn(delayMs: number, batch: readonly Tracked[], stillDue: (tracked: Tracked) => boolean, attempt = 0): void {
    const cancel = this.#ports.timers.after(delayMs, () => {
      const due = batch.filter((tracked) => this.#waits.get(tracked) === wait);
      for (const tracked of due) this.#waits.delete(tracked);
      this.#askAll(due.filter(stillDue), attempt);
    });
    const wait: Wait = { cancel };
    for (const tracked of batch) this.#waits.set(tracked, wait);
  }

  #askAll(all: readonly Tracked[], attempt = 0): void {
    for (const batch of resumeBatches(all)) void this.#ask(batch, attempt);
  }

  async #ask(batch: readonly Tracked[], attempt: number): Promise<void> {
    for (const tracked of batch) this.#asking.add(tracked);
    let open = batch;
    let failure: RequestError | undefined;
    try {
      while (open.length > 0) open = await this.#askOnce(open);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      failure = error;
    }
    for (const tracked of batch) this.#asking.delete(tracked);
    const here = batch.filter((tracked) => this.#ports.isTracked(tracked));
    const again = here.filter((tracked) => this.#again.delete(tracked));
    const failed = failure === undefined ? [] : here.filter((one) => open.includes(one) && !again.includes(one));
    this.#askAll(again);
    if (failure !== undefined) this.#failed(failed, failure, attempt);
    if (failure?.code === "closed") return;
    for (const tracked of here) this.ifBlocked(tracked);
  }

  /** Answers with those of which there is more. */
  async #askOnce(batch: readonly Tracked[]): Promise<readonly Tracked[]> {
    const asked = batch.map((tracked) => ({
      tracked,
      // stored before the page is read, and so was all before it
      waiting: tracked.conversation.highestWaiting ?? 0,
      after: tracked.conversation.last ?? 0,
    }));
    const answers = await this.#ports.resume(
      asked.map(({ tracked, after }) => ({ conversation: tracked.name, after })),
    );
    const open = asked.flatMap(({ tracked, waiting, after }) => {
      const resumed = answers.find(({ conversation }) => conversation === tracked.name);
      if (resumed === undefined || !this.#ports.isTracked(tracked)) return [];
      return this.#take(tracked, resumed, { waiting, after }) ? [tracked] : [];
    });
    const isStuck = asked.every(({ tracked, after }) => open.includes(tracked) && tracked.conversation.last === after);
    if (isStuck)
      throw new RequestError("unavailable", "The server says there is more to resume, and does not send it.");
    return open;
  }

  /** True when there is more to be asked for. */
  #take({ name, conversation }: Tracked, resumed: Resumed, asked: { waiting: number; after: number }): boolean {
    const { seq, entries, more } = resumed;
    if (!resumed.recovered && asked.after > seq) {
      this.#ports.gap({ conversation: name, kind: "restarted" });
      this.#tell(name, conversation.startAfter(0));
      return seq > 0;
    }
    const lastOfPage = entries.at(-1)?.seq ?? asked.after;
    const through = more ? lastOfPage : Math.max(seq, lastOfPage, asked.waiting);
    this.#tell(name, conversation.settle(entries, through));
    return more;
  }

  #failed(batch: readonly Tracked[], error: RequestError, attempt: number): void {
    // the next connection catches up anyway
    if (batch.length === 0 || error.code === "closed") return;
    if (error.retryable) {
      const delayMs = GAP_PATIENCE_MS + reconnectDelayMs(attempt + 1, this.#ports.random);
      this.#askIn(delayMs, batch, () => true, attempt + 1);
      return;
    }
    // one that may not be read (any more) is no reason not to read the others
    if (batch.length > 1) for (const tracked of batch) void this.#ask([tracked], 0);
    else for (const tracked of batch) this.#goOnWithout(tracked, error);
  }

  /** What came by push is still worth more than nothing. */
  #goOnWithout({ name, conversation }: Tracked, error: RequestError): void {
    this.#ports.problem(error);
    this.#tell(name, conversation.settle([], conversation.highestWaiting ?? 0));
  }

  #tell(conversation: string, steps: readonly Step[]): void {
    for (const step of steps) {
      if ("seq" in step) this.#ports.deliver(step);
      else this.#ports.gap({ conversation, kind: "lost", ...step });
    }
  }
}

function isBlocked({ conversation }: Tracked): boolean {
  return conversation.highestWaiting !== undefined;
}
