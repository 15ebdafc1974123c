import { directConversation, kindOf, participantsOf } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { AckFields, Request } from "#protocol/messages.ts";
import { notAMember } from "./list-members.ts";
import type { Connection, Ports } from "./ports.ts";

/** @throws ChatError `not_found` for what is no conversation, `not_a_member` for one that is not the caller's */
export async function getMessages(
  ports: Pick<Ports, "messages">,
  caller: Connection,
  request: Extract<Request, { action: "getMessages" }>,
): Promise<AckFields["getMessages"]> {
  const conversation =
    request.with === undefined ? (request.conversation ?? "") : directConversation(caller.userId, request.with);
  requireReadable(caller, conversation);
  const { limit = LIMITS.pageOfMessages.default, before, after } = request;
  const [page, seq] = await Promise.all([
    ports.messages.page(conversation, {
      limit,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    }),
    ports.messages.lastSeq(conversation),
  ]);
  return { conversation, messages: page.messages, seq, more: page.more };
}

function requireReadable(caller: Connection, conversation: string): void {
  switch (kindOf(conversation)) {
    case "lobby":
      return;
    case "room":
      if (caller.conversations.includes(conversation)) return;
      throw notAMember(conversation.slice("room:".length));
    case "direct":
      if (participantsOf(conversation).includes(caller.userId)) return;
      throw new ChatError("not_a_member", "Only its two users may read a direct conversation.");
    case undefined:
      throw new ChatError(
        "not_found",
        `${JSON.stringify(conversation)} is no conversation; they are named room:<room>, direct:<user>#<user> and lobby.`,
      );
  }
}
