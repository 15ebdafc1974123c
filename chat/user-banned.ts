// A ban is a mark on the user's row, which every request reads beside the connection's: so it holds from the moment it is written, also for
// a connection that could not be ended – because it was not open yet, or because the operator's command died.
import { ChatError } from "#protocol/errors.ts";
import type { Connection, Ports, Snapshot } from "./ports.ts";

export function userBanned(): ChatError {
  return new ChatError("not_allowed", "This user is banned.");
}

/**
 * Why the connection may not go on; undefined: it may. Whose it is was not known to who first hears of it where nobody shows tokens: then
 * it is asked once more.
 */
export async function banOf(
  { snapshots }: Pick<Ports, "snapshots">,
  { connectionId, userId }: Connection,
  snapshot: Snapshot,
): Promise<ChatError | undefined> {
  // named no user: nobody can be banned by it
  if (userId === connectionId) return undefined;
  const isBanned = snapshot.isBanned(userId) ?? (await snapshots.read({ bans: [userId] })).isBanned(userId);
  return isBanned ? userBanned() : undefined;
}
