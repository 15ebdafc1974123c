// What the stage's rules and a user's token together let the user do in a room.
import { kindOf } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Ports, RoomRule, Rules } from "./ports.ts";

/** `read`: be in it and see everything, but say nothing. */
export type RoomRights = "none" | "read" | "write";

interface Holder {
  /** What the token says. */
  readonly rooms?: readonly string[];
}

/** Of conversations that are no rooms, rules say nothing. */
export function roomRights({ rooms: rules }: Rules, holder: Holder, conversation: string): RoomRights {
  if (kindOf(conversation) !== "room") return "write";
  const room = conversation.slice("room:".length);
  switch (ruleFor(rules, room)) {
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

/** The longest pattern that matches decides, a full name before all; what none matches is public. */
function ruleFor(rules: Rules["rooms"], room: string): RoomRule {
  const patterns = Object.keys(rules).filter((pattern) => matches(pattern, room));
  const [closest] = patterns.sort((a, b) => Number(b === room) - Number(a === room) || b.length - a.length);
  return (closest === undefined ? undefined : rules[closest]) ?? "public";
}

function isMember({ rooms = [] }: Holder, room: string): boolean {
  return rooms.some((pattern) => matches(pattern, room));
}

/** A room's name, or how names begin and a `*`. */
function matches(pattern: string, room: string): boolean {
  return pattern === room || (pattern.endsWith("*") && room.startsWith(pattern.slice(0, -1)));
}
