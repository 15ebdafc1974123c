// MessageAI's clients file a message under the id that its sender gives the conversation. So who takes no part in one may not use its id in
// another: the message would be shown as if it had been said there.
import { groupConversation, kindOf } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import { requireAccess } from "./conversation-access.ts";
import type { Place, PlacePorts } from "./place.ts";
import type { Connection, Ports, Snapshot } from "./ports.ts";
import { requireRights } from "./room-rights.ts";

/** @throws ChatError `not_a_member`, `not_allowed` */
export async function requireThread(
  ports: PlacePorts & Pick<Ports, "inboxes">,
  caller: Connection,
  place: Place,
  thread: string,
  snapshot: Snapshot,
): Promise<void> {
  // what other clients say has our own names there
  if (kindOf(thread) !== undefined) {
    await requireAccess(ports, caller, thread);
    requireRights(ports, caller, thread, "write");
  }
  const group = groupConversation(thread);
  if (group === place.conversation) return;
  const { snapshots } = ports;
  const last = snapshot.lastSeq(group) ?? (await snapshots.read({ conversations: [group] })).lastSeq(group) ?? 0;
  if (last === 0) return;
  const strangers = await ports.inboxes.strangers(group, place.users);
  // nobody is deceived who does not know the group either
  if (strangers.includes(caller.userId) && strangers.length < place.users.length) {
    throw new ChatError("not_a_member", "Only who is in a group may write under its id.");
  }
}
