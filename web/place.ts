// Where the person is: in the room, or in private with somebody.
import { directConversation, roomConversation } from "#protocol/conversations.ts";
import type { Target } from "#protocol/messages.ts";

export type Place =
  | { readonly kind: "room"; readonly room: string }
  | { readonly kind: "private"; readonly userId: string };

export function conversationAt(place: Place, me: string): string {
  return place.kind === "room" ? roomConversation(place.room) : directConversation(me, place.userId);
}

export function targetAt(place: Place): Target {
  return place.kind === "room" ? { room: place.room } : { user: place.userId };
}
