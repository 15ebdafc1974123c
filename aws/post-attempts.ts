// Posts a frame to one connection until it is decided what became of it, or the time for it is over.
import type { ConnectionsApi } from "./connections-api.ts";
import type { PostAnswer } from "./post-answer.ts";
import type { PostFrame } from "./post-frame.ts";
import { type Timing, wait } from "./timing.ts";
import type { TokenBucket } from "./token-bucket.ts";

export interface Recipient {
  readonly connectionId: string;
  /** Milliseconds since 1970. A connection may be gone only because it is not there yet (aws facts §7.5). */
  readonly connectedAt?: number | undefined;
}

export interface AttemptSettings {
  readonly api: Pick<ConnectionsApi, "post">;
  readonly bucket: TokenBucket | undefined;
  readonly requestTimeoutMs: number;
  readonly timing: Timing;
}

const NOT_TRIED: PostAnswer = { kind: "throttled", cause: new Error("There was no time left to post in") };
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2_000;
const YOUNG_MS = 1_000;
const YOUNG_RETRY_MS = 250;

export async function postUntilDecided(
  { api, bucket, requestTimeoutMs, timing }: AttemptSettings,
  frame: PostFrame,
  recipient: Recipient,
  budgetMs: number,
): Promise<PostAnswer> {
  const end = timing.elapsed() + budgetMs;
  let last = NOT_TRIED;
  let retries = 0;
  let awaited = !isYoung(recipient, timing);
  for (;;) {
    const turnInMs = bucket ? bucket.reserve(end - timing.elapsed()) : 0;
    if (turnInMs === undefined) return last;
    if (turnInMs > 0) await wait(timing, turnInMs);
    // a busy process comes back late from waiting
    const leftMs = Math.ceil(end - timing.elapsed());
    if (leftMs <= 0) return last;
    last = await api.post(recipient.connectionId, frame, Math.min(requestTimeoutMs, leftMs));
    let delayMs: number;
    if (last.kind === "gone" && !awaited) {
      awaited = true;
      delayMs = YOUNG_RETRY_MS;
    } else if (last.kind === "throttled" || last.kind === "unavailable") {
      // full jitter: what was refused together does not come back together
      delayMs = timing.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** retries++);
    } else {
      return last;
    }
    if (timing.elapsed() + delayMs >= end) return last;
    await wait(timing, delayMs);
  }
}

function isYoung({ connectedAt }: Recipient, timing: Timing): boolean {
  return connectedAt !== undefined && timing.now() - connectedAt < YOUNG_MS;
}
