import type { RoomRule } from "#chat/ports.ts";

const RULES: readonly unknown[] = ["public", "members", "read-only"] satisfies RoomRule[];

/** `{"team-*": "members"}`; undefined for what is none. */
export function readRoomRules(text: string): Readonly<Record<string, RoomRule>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.values(value).every((rule) => RULES.includes(rule)) ? (value as Record<string, RoomRule>) : undefined;
  } catch {
    return undefined;
  }
}
