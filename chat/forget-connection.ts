// A connection is no more: its rows go, and those who were with it are told. Called by `$disconnect`, which may never come or come twice, and by whoever finds the connection gone (aws facts §4, §7.4).
import { LOBBY } from "#protocol/conversations.ts";
import type { DeliverPorts } from "./deliver.ts";
import type { Member } from "./ports.ts";
import { tellLeft } from "./tell-left.ts";

/** @param userId whose device it was taken for, when that is known: the device goes even where the connection's row is gone already */
export async function forgetConnection(ports: DeliverPorts, connectionId: string, userId?: string): Promise<void> {
  const connection = await ports.connections.remove(connectionId, userId);
  // another was first, or it has expired: then memberships may be left behind
  const conversations = connection?.conversations ?? (await ports.memberships.ofConnection(connectionId));
  for (const conversation of conversations) {
    // of all who come to this only the one who removes it tells the others
    const was = await ports.memberships.remove(conversation, connectionId);
    if (was && !isNobodyIn(conversation, was)) await tellLeft(ports, conversation, was);
  }
}

/** In the lobby only names count; to ask everybody who is connected about one without a name would cost the most for nothing. */
function isNobodyIn(conversation: string, member: Member): boolean {
  return conversation === LOBBY && member.name === undefined;
}
