import type { AckFields } from "#protocol/messages.ts";
import { ANSWER_BYTES } from "./answer-bytes.ts";
import type { Connection, Ports } from "./ports.ts";

/** What the connection has joined, and the direct and group conversations of its user. */
export async function listConversations(
  ports: Pick<Ports, "inboxes" | "snapshots">,
  caller: Connection,
): Promise<AckFields["conversations"]> {
  const inbox = await ports.inboxes.list(caller.userId);
  const all = [...caller.conversations, ...inbox.map(({ conversation }) => conversation)].sort();
  const names = fitting(all);
  const snapshot = await ports.snapshots.read({ conversations: names });
  const conversations = names.map((conversation) => ({ conversation, seq: snapshot.lastSeq(conversation) ?? 0 }));
  return { conversations, more: names.length < all.length };
}

/** As many as one answer holds. */
function fitting(names: readonly string[]): readonly string[] {
  let bytes = 0;
  const end = names.findIndex((name) => {
    bytes += Buffer.byteLength(JSON.stringify(name)) + 40;
    return bytes > ANSWER_BYTES;
  });
  return end < 0 ? names : names.slice(0, end);
}
