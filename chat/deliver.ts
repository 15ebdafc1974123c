// Shows an event to a small audience, each connection in its dialect, and forgets the connections that turn out to be gone. Whoever called
// waits for it, so it ends in time: a member that was not reached by then finds out by the next entry's seq, one that is gone is found again.
import { participantsOf } from "#protocol/conversations.ts";
import type { ChatEvent, DialectName } from "#protocol/dialects/dialect.ts";
import { dialectNamed } from "#protocol/dialects/read-frame.ts";
import { forEachConcurrently } from "./concurrently.ts";
import { forgetConnection } from "./forget-connection.ts";
import { mayBeConnecting } from "./may-be-connecting.ts";
import type { Clock, Member, Ports } from "./ports.ts";
import type { PostOptions } from "./post-ports.ts";

export type DeliverPorts = Pick<
  Ports,
  | "connections"
  | "memberships"
  | "snapshots"
  | "poster"
  | "resting"
  | "clock"
  | "postConcurrency"
  | "directAudienceLimit"
  | "signals"
  | "signalsAudienceLimit"
  | "largeAudiences"
  | "leases"
  | "pumps"
>;

/** A request's answer comes within 29 seconds, and the function is stopped before: so much of it may go into pushes. */
const PUSH_BUDGET_MS = 5_000;
/** So long a single attempt may take while others wait. */
const ATTEMPT_BUDGET_MS = 2_000;
/** So long those are tried again whom the first attempt did not reach: nobody else waits for them any more, but whoever called does. */
const AGAIN_BUDGET_MS = 1_000;
/** Who could not be reached then has a full buffer, or gets too much: for so long one attempt has to be enough. */
export const REST_MS = { first: 5_000, most: 300_000 };

type Attempts = NonNullable<PostOptions["attempts"]>;

/** Who caused the event. Its dialect is what is assumed of recipients that have not shown theirs yet. */
export interface Cause {
  /** undefined: the connection is no more. */
  readonly connectionId?: string;
  readonly userId: string;
  readonly dialect?: DialectName;
}

/**
 * Answers with the users one of whose connections was shown the event.
 *
 * @param until when it is not worth showing any more; milliseconds since 1970
 */
export async function deliver(
  ports: DeliverPorts,
  event: ChatEvent,
  audience: readonly Member[],
  cause: Cause,
  until = Number.POSITIVE_INFINITY,
): Promise<ReadonlySet<string>> {
  const leftMs = countdown(ports.clock, until);
  const framesFor = frameCache(event);
  const gone: Member[] = [];
  const reached = new Set<string>();
  const mayGetLost = until < Number.POSITIVE_INFINITY;

  /** Answers with the frames that are to be tried later. */
  const show = async (member: Member, frames: readonly string[], how: Attempts): Promise<readonly string[]> => {
    // one after the other: the frames of one event have an order
    for (const [at, frame] of frames.entries()) {
      const budgetMs = Math.min(how === "again" ? AGAIN_BUDGET_MS : ATTEMPT_BUDGET_MS, leftMs());
      if (budgetMs <= 0 && how !== "again") return [];
      const { connectionId, since } = member;
      const options = { connectedAt: since, budgetMs, mayGetLost, attempts: how };
      const outcome = await ports.poster.post(connectionId, frame, options);
      if (outcome === "later") return frames.slice(at);
      if (outcome === "gone" && !mayBeConnecting(conversationOf(event), member, ports.clock.now())) gone.push(member);
      if (outcome === "throttled" && how === "again") ports.resting.note(connectionId);
      if (outcome !== "sent") return [];
      ports.resting.end(connectionId);
      reached.add(member.userId);
    }
    return [];
  };

  const left: { readonly member: Member; readonly frames: readonly string[] }[] = [];
  const resting = new Set(audience.filter(({ connectionId }) => ports.resting.rests(connectionId)));
  const others = audience.filter((member) => !resting.has(member));
  // everybody once, before anybody is tried again: who does not read keeps nobody waiting
  await forEachConcurrently(others, ports.postConcurrency, async (member) => {
    const frames = await show(member, framesFor(member, cause), "first");
    if (frames.length > 0) left.push({ member, frames });
  });
  await forEachConcurrently([...resting], ports.postConcurrency, async (member) => {
    await show(member, framesFor(member, cause), "only");
  });
  // they wait side by side: for the next attempt, rather than for a lane
  await Promise.all(left.map(({ member, frames }) => show(member, frames, "again")));
  for (const { connectionId, userId } of gone) {
    if (leftMs() <= 0) break;
    await forgetConnection(ports, connectionId, userId);
  }
  return reached;
}

function countdown(clock: Clock, until: number): () => number {
  const end = Math.min(until, clock.now() + PUSH_BUDGET_MS);
  return () => end - clock.now();
}

/** Members of the same dialect and relation to the cause get the same text, encoded once. */
function frameCache(event: ChatEvent): (member: Member, cause: Cause) => readonly string[] {
  const cache = new Map<string, readonly string[]>();
  return (member, cause) => {
    const dialect = member.dialect ?? cause.dialect ?? "native";
    const self = member.connectionId === cause.connectionId;
    const own = member.userId === cause.userId && !isToOneself(event);
    const named = member.name !== undefined;
    const key = `${dialect} ${self} ${own} ${named}`;
    const known = cache.get(key);
    if (known) return known;
    const frames = dialectNamed(dialect).push(event, { self, own, named });
    const texts = frames.map((frame) => JSON.stringify(frame));
    cache.set(key, texts);
    return texts;
  };
}

/** Who writes to themselves wants to read it: to the other's side of such a conversation belongs the same user. */
function isToOneself(event: ChatEvent): boolean {
  if (event.type !== "entry") return false;
  const [user, other] = participantsOf(event.entry.conversation);
  return user !== undefined && user === other;
}

function conversationOf(event: ChatEvent): string {
  return event.type === "entry" ? event.entry.conversation : event.conversation;
}
