import { LOBBY } from "#protocol/conversations.ts";
import type { AckFields } from "#protocol/messages.ts";
import { ANSWER_BYTES } from "./answer-bytes.ts";
import type { Connection, Ports } from "./ports.ts";

/** What the connection has joined, and the direct and group conversations of its user. */
export async function listConversations(
  ports: Pick<Ports, "inboxes" | "messages" | "snapshots">,
  caller: Connection,
): Promise<AckFields["conversations"]> {
  const inbox = await ports.inboxes.list(caller.userId);
  const all = [...caller.conversations, ...inbox.map(({ conversation }) => conversation)].sort();
  const names = fitting(all);
  // into the lobby one comes without asking where it is, and the hint comes after the pushes
  const [snapshot, lobby] = await Promise.all([
    ports.snapshots.read({ conversations: names }),
    ports.messages.lastSeq(LOBBY),
  ]);
  const seqOf = (conversation: string) => (conversation === LOBBY ? lobby : (snapshot.lastSeq(conversation) ?? 0));
  const conversations = names.map((conversation) => ({ conversation, seq: seqOf(conversation) }));
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
