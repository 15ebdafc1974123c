// Shows an event to a small audience, each connection in its dialect, and forgets the connections that turn out to be gone. Whoever called
// waits for it, so it ends in time: a member that was not reached by then finds out by the next entry's seq, one that is gone is found again.
import { participantsOf } from "#protocol/conversations.ts";
import type { ChatEvent, DialectName } from "#protocol/dialects/dialect.ts";
import { dialectNamed } from "#protocol/dialects/read-frame.ts";
import { forEachConcurrently } from "./concurrently.ts";
import { forgetConnection } from "./forget-connection.ts";
import { mayBeConnecting } from "./may-be-connecting.ts";
import type { Clock, Member, Ports } from "./ports.ts";

export type DeliverPorts = Pick<
  Ports,
  | "connections"
  | "memberships"
  | "snapshots"
  | "poster"
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
/** So long a single member may be tried while others wait. */
const POST_BUDGET_MS = 2_000;

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
  await forEachConcurrently(audience, ports.postConcurrency, async (member) => {
    // one after the other: the frames of one event have an order
    for (const frame of framesFor(member, cause)) {
      const budgetMs = Math.min(POST_BUDGET_MS, leftMs());
      if (budgetMs <= 0) return;
      const outcome = await ports.poster.post(member.connectionId, frame, {
        connectedAt: member.since,
        budgetMs,
        mayGetLost: until < Number.POSITIVE_INFINITY,
      });
      if (outcome === "gone" && !mayBeConnecting(conversationOf(event), member, ports.clock.now())) gone.push(member);
      if (outcome !== "sent") return;
      reached.add(member.userId);
    }
  });
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
