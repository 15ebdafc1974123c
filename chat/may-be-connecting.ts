import { kindOf } from "#protocol/conversations.ts";
import type { Member } from "./ports.ts";

/** How long a `$connect` may take: as the stage file lets it. */
const CONNECTING_MS = 10_000;

/**
 * `$connect` writes its rows before the connection is open, and until then a post finds nobody (aws facts §7.5): such a one is not gone.
 * That can be so in the lobby and among a user's devices; a room is joined by who is connected.
 */
export function mayBeConnecting(conversation: string, { since }: Member, now: number): boolean {
  return since !== undefined && now - since < CONNECTING_MS && kindOf(conversation) !== "room";
}
