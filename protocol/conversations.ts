// The names of conversations. A direct conversation is named by its two users, whichever of them speaks.

export const LOBBY = "lobby";

export type ConversationKind = "room" | "direct" | "lobby";

export function roomConversation(room: string): string {
  return `room:${room}`;
}

/** Ids are percent-encoded, so that one with a `#` in it cannot pose as a pair. */
export function directConversation(user: string, other: string): string {
  return `direct:${[user, other].map(encodeURIComponent).sort().join("#")}`;
}

export function kindOf(conversation: string): ConversationKind | undefined {
  if (conversation === LOBBY) return "lobby";
  if (conversation.startsWith("room:") && conversation.length > 5) return "room";
  if (participantsOf(conversation).length === 2) return "direct";
  return undefined;
}

/** The two user ids of a direct conversation; none of any other. */
export function participantsOf(conversation: string): readonly string[] {
  if (!conversation.startsWith("direct:")) return [];
  try {
    return conversation.slice(7).split("#").map(decodeURIComponent);
  } catch {
    return [];
  }
}
