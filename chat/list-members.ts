import { roomConversation } from "#protocol/conversations.ts";
import type { AckFields } from "#protocol/messages.ts";
import { notAMember } from "./conversation-access.ts";
import { type Connection, type Ports, peopleOf } from "./ports.ts";

/** @throws ChatError `not_a_member` */
export async function listMembers(
  ports: Pick<Ports, "memberships" | "messages" | "directAudienceLimit">,
  caller: Connection,
  room: string,
): Promise<AckFields["members"]> {
  const conversation = roomConversation(room);
  if (!caller.conversations.includes(conversation)) throw notAMember(room);
  const [{ members }, seq] = await Promise.all([
    ports.memberships.atMost(conversation, ports.directAudienceLimit),
    ports.messages.lastSeq(conversation),
  ]);
  return { conversation, seq, members: peopleOf(members) };
}
