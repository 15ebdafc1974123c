// Posts a frame to one connection until it is decided what became of it, or the time for it is over.
import type { PostOptions, PostRun } from "#chat/post-ports.ts";
import type { ConnectionsApi } from "./connections-api.ts";
import type { PostAnswer } from "./post-answer.ts";
import type { PostFrame } from "./post-frame.ts";
import { LATE_MS, type Turns } from "./stage-turns.ts";
import { type Timing, wait } from "./timing.ts";

export interface Recipient {
  readonly connectionId: string;
  /** Milliseconds since 1970. A connection may be gone only because it is not there yet (aws facts §7.5). */
  readonly connectedAt?: number | undefined;
}

export interface AttemptSettings {
  readonly api: Pick<ConnectionsApi, "post">;
  readonly turns: Turns | undefined;
  readonly requestTimeoutMs: number;
  readonly timing: Timing;
}

export interface Trying {
  readonly budgetMs: number;
  readonly run?: PostRun | undefined;
  readonly attempts?: PostOptions["attempts"];
}

const WITHDRAWN = { kind: "withdrawn" } as const;
const LATER = { kind: "later" } as const;
const NOT_TRIED: PostAnswer = { kind: "throttled", cause: new Error("There was no time left to post in") };
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2_000;
const YOUNG_MS = 1_000;
const YOUNG_RETRY_MS = 250;

export async function postUntilDecided(
  { api, turns, requestTimeoutMs, timing }: AttemptSettings,
  frame: PostFrame,
  recipient: Recipient,
  { budgetMs, run, attempts }: Trying,
): Promise<PostAnswer | typeof WITHDRAWN | typeof LATER> {
  let end = timing.elapsed() + budgetMs;
  let last = NOT_TRIED;
  let retries = 0;
  let awaited = !isYoung(recipient, timing);
  // full jitter: what was refused together does not come back together
  const pauseMs = () => timing.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** retries++);
  if (attempts === "again") {
    const delayMs = awaited ? pauseMs() : YOUNG_RETRY_MS;
    awaited = true;
    if (delayMs >= budgetMs) return last;
    await wait(timing, delayMs);
  }
  for (;;) {
    if (turns && run) {
      const askedAt = timing.elapsed();
      if (!(await turnInRun(turns, timing, run))) return WITHDRAWN;
      // what waits for others is not the recipient's fault
      end += timing.elapsed() - askedAt;
    } else if (turns) {
      const taken = turns.take(end - timing.elapsed());
      const turnInMs = typeof taken === "object" ? await taken : taken;
      if (turnInMs === undefined) return last;
      if (!(await isOnTime(timing, turnInMs))) continue;
    }
    // a busy process comes back late from waiting
    const leftMs = Math.ceil(end - timing.elapsed());
    if (leftMs <= 0) return last;
    const settled = turns?.settle?.();
    last = await api.post(recipient.connectionId, frame, Math.min(requestTimeoutMs, leftMs));
    if (settled !== undefined) await settled;
    const mayBeEarly = last.kind === "gone" && !awaited;
    if ((!mayBeEarly && last.kind !== "throttled" && last.kind !== "unavailable") || attempts === "only") return last;
    if (attempts === "first") return LATER;
    awaited ||= mayBeEarly;
    const delayMs = mayBeEarly ? YOUNG_RETRY_MS : pauseMs();
    if (timing.elapsed() + delayMs >= end) return last;
    await wait(timing, delayMs);
  }
}

/** So often who waits for a turn looks whether the run is to go on. */
const LOOK_MS = 2_000;
const NO_TURN_MS = 250;

async function turnInRun(turns: Turns, timing: Timing, run: PostRun): Promise<boolean> {
  for (;;) {
    const taken = turns.take(LOOK_MS, run.toCome);
    const turnInMs = typeof taken === "object" ? await taken : taken;
    const came = await isOnTime(timing, turnInMs ?? NO_TURN_MS);
    const may = run.mayGoOn();
    if (may !== true && !(await may)) return false;
    if (came && turnInMs !== undefined) return true;
  }
}

/** Waits for the turn; false when it was missed: a process that stood still would post at once what was spread over that time. */
async function isOnTime(timing: Timing, turnInMs: number): Promise<boolean> {
  if (turnInMs === 0) return true;
  const due = timing.elapsed() + turnInMs;
  await wait(timing, turnInMs);
  return timing.elapsed() <= due + LATE_MS;
}

function isYoung({ connectedAt }: Recipient, timing: Timing): boolean {
  return connectedAt !== undefined && timing.now() - connectedAt < YOUNG_MS;
}
