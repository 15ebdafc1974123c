// Shows an event to an audience, each connection in its dialect, and forgets the connections that turn out to be gone.
import type { ChatEvent, DialectName } from "#protocol/dialects/dialect.ts";
import { dialectNamed } from "#protocol/dialects/read-frame.ts";
import { forEachConcurrently } from "./concurrently.ts";
import { forgetConnection } from "./forget-connection.ts";
import type { Member, Ports } from "./ports.ts";

export type DeliverPorts = Pick<Ports, "connections" | "memberships" | "poster" | "postConcurrency">;

/** Who caused the event. Its dialect is what is assumed of recipients that have not shown theirs yet. */
export interface Cause {
  /** undefined: the connection is no more. */
  readonly connectionId?: string;
  readonly userId: string;
  readonly dialect?: DialectName;
}

/** Answers with the users one of whose connections was shown the event. */
export async function deliver(
  ports: DeliverPorts,
  event: ChatEvent,
  audience: readonly Member[],
  cause: Cause,
): Promise<ReadonlySet<string>> {
  const framesFor = frameCache(event);
  const gone: Member[] = [];
  const reached = new Set<string>();
  await forEachConcurrently(audience, ports.postConcurrency, async (member) => {
    // one after the other: the frames of one event have an order
    for (const frame of framesFor(member, cause)) {
      const outcome = await ports.poster.post(member.connectionId, frame);
      if (outcome === "gone") gone.push(member);
      if (outcome !== "sent") return;
      reached.add(member.userId);
    }
  });
  for (const { connectionId, userId } of gone) await forgetConnection(ports, connectionId, userId);
  return reached;
}

/** Members of the same dialect and relation to the cause get the same text, encoded once. */
function frameCache(event: ChatEvent): (member: Member, cause: Cause) => readonly string[] {
  const cache = new Map<string, readonly string[]>();
  return (member, cause) => {
    const dialect = member.dialect ?? cause.dialect ?? "native";
    const self = member.connectionId === cause.connectionId;
    const own = member.userId === cause.userId;
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
