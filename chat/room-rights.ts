// What the stage's rules and a user's token together let the user do in a room.
import { kindOf } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Ports, Rules } from "./ports.ts";
import { matchesRoom, ofClosest } from "./room-patterns.ts";

/** `read`: be in it and see everything, but say nothing. */
export type RoomRights = "none" | "read" | "write";

interface Holder {
  /** What the token says. */
  readonly rooms?: readonly string[];
}

/** Of conversations that are no rooms, rules say nothing; a room that no pattern matches is public. */
export function roomRights({ rooms: rules }: Rules, holder: Holder, conversation: string): RoomRights {
  if (kindOf(conversation) !== "room") return "write";
  const room = conversation.slice("room:".length);
  switch (ofClosest(rules, room) ?? "public") {
    case "public":
      return "write";
    case "members":
      return isMember(holder, room) ? "write" : "none";
    case "read-only":
      return isMember(holder, room) ? "write" : "read";
  }
}

/** @throws ChatError `not_allowed` */
export function requireRights(
  { rules }: Pick<Ports, "rules">,
  holder: Holder,
  conversation: string,
  wanted: "read" | "write",
): void {
  const rights = roomRights(rules, holder, conversation);
  const name = JSON.stringify(conversation.slice("room:".length));
  if (rights === "none") throw new ChatError("not_allowed", `The room ${name} is for its members only.`);
  if (rights === "read" && wanted === "write") {
    throw new ChatError("not_allowed", `In the room ${name} only its members may speak.`);
  }
}

function isMember({ rooms = [] }: Holder, room: string): boolean {
  return rooms.some((pattern) => matchesRoom(pattern, room));
}
