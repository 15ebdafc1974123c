// What the stage says of some rooms: JSON objects by the rooms' names, or how names begin and a `*`.
import type { RoomRule } from "#chat/ports.ts";
import { ofClosest } from "#chat/room-patterns.ts";
import { kindOf } from "#protocol/conversations.ts";

const RULES: readonly unknown[] = ["public", "members", "read-only"] satisfies RoomRule[];

/** `{"team-*": "members"}`; undefined for what is none. */
export function readRoomRules(text: string): Readonly<Record<string, RoomRule>> | undefined {
  return readRooms(text, (rule): rule is RoomRule => RULES.includes(rule));
}

/** `{"event-*": 16}`; undefined for what is none. */
export function readRoomShards(text: string): Readonly<Record<string, number>> | undefined {
  return readRooms(text, (count): count is number => Number.isInteger(count) && Number(count) > 0);
}

/** Over how many shards a conversation's members are spread. */
export function shardsOf(
  { membershipShards, roomShards }: { membershipShards: number; roomShards: Readonly<Record<string, number>> },
  conversation: string,
): number {
  if (kindOf(conversation) !== "room") return membershipShards;
  return ofClosest(roomShards, conversation.slice("room:".length)) ?? membershipShards;
}

function readRooms<T>(text: string, isRight: (value: unknown) => value is T): Readonly<Record<string, T>> | undefined {
  try {
    const rooms: unknown = JSON.parse(text);
    if (typeof rooms !== "object" || rooms === null || Array.isArray(rooms)) return undefined;
    return Object.values(rooms).every(isRight) ? (rooms as Record<string, T>) : undefined;
  } catch {
    return undefined;
  }
}
