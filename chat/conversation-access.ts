// Who may read, and take part in, which conversation.
import { kindOf, participantsOf } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Connection, Ports } from "./ports.ts";

/** @throws ChatError `not_found` for what is no conversation, `not_a_member` for one that is not the caller's */
export async function requireAccess(
  ports: Pick<Ports, "inboxes">,
  caller: Connection,
  conversation: string,
): Promise<void> {
  switch (kindOf(conversation)) {
    case "lobby":
      return;
    case "room":
      if (caller.conversations.includes(conversation)) return;
      throw notAMember(conversation.slice("room:".length));
    case "direct":
      if (participantsOf(conversation).includes(caller.userId)) return;
      throw new ChatError("not_a_member", "Only its two users take part in a direct conversation.");
    case "group":
      if (await ports.inboxes.has(caller.userId, conversation)) return;
      throw new ChatError("not_a_member", "Only those whom it was sent to take part in a group conversation.");
    case undefined:
      throw new ChatError(
        "not_found",
        `${JSON.stringify(conversation)} is no conversation; they are named room:<room>, direct:<user>#<user>, group:<id> and lobby.`,
      );
  }
}

export function notAMember(room: string): ChatError {
  return new ChatError("not_a_member", `This connection is not in the room ${JSON.stringify(room)}; join it first.`);
}
