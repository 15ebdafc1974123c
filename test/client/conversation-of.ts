import { directConversation, LOBBY, roomConversation } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Person, Target } from "#protocol/messages.ts";

/** Where the protocol server puts what is sent to this target. */
export function conversationOf(target: Target, sender: Person): string {
  if ("room" in target) return roomConversation(target.room);
  if ("user" in target) return directConversation(sender.id, target.user);
  if ("everyone" in target) return LOBBY;
  throw new ChatError("not_found", "This server knows rooms, users and the lobby only.");
}
