// The names of conversations. A direct conversation is named by its two users, whichever of them speaks.

export const LOBBY = "lobby";

export type ConversationKind = "room" | "direct" | "group" | "lobby";

export function roomConversation(room: string): string {
  return `room:${room}`;
}

/** A group is named by its clients, who say with each message who is in it. */
export function groupConversation(group: string): string {
  return `group:${group}`;
}

/** Ids are percent-encoded, so that one with a `#` in it cannot pose as a pair. */
export function directConversation(user: string, other: string): string {
  return `direct:${[user, other].map(encodeURIComponent).sort().join("#")}`;
}

export function kindOf(conversation: string): ConversationKind | undefined {
  if (conversation === LOBBY) return "lobby";
  if (conversation.startsWith("room:") && conversation.length > 5) return "room";
  if (conversation.startsWith("group:") && conversation.length > 6) return "group";
  const [user, other, ...more] = participantsOf(conversation);
  if (user === undefined || other === undefined || more.length > 0) return undefined;
  // each pair has one name
  return directConversation(user, other) === conversation ? "direct" : undefined;
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
