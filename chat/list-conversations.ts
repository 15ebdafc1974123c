import type { AckFields } from "#protocol/messages.ts";
import type { Connection, Ports } from "./ports.ts";

/** What the connection has joined, and the direct and group conversations of its user. */
export async function listConversations(
  ports: Pick<Ports, "inboxes" | "snapshots">,
  caller: Connection,
): Promise<AckFields["conversations"]> {
  const inbox = await ports.inboxes.list(caller.userId);
  const names = [...caller.conversations, ...inbox.map(({ conversation }) => conversation)].sort();
  const snapshot = await ports.snapshots.read({ conversations: names });
  return { conversations: names.map((conversation) => ({ conversation, seq: snapshot.lastSeq(conversation) ?? 0 })) };
}
