// The names of conversations. A direct conversation is named by its two users, whichever of them speaks.

import { LIMITS } from "./limits.ts";

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
  if (isNamed("room:", LIMITS.roomCharacters, conversation)) return "room";
  if (isNamed("group:", LIMITS.idCharacters, conversation)) return "group";
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

function isNamed(prefix: string, most: number, conversation: string): boolean {
  const { length } = conversation;
  return conversation.startsWith(prefix) && length > prefix.length && length <= prefix.length + most;
}
