// A connection is no more: its rows go, and those who were with it are told. Called by `$disconnect`, which may never come or come twice, and by whoever finds the connection gone (aws facts §4, §7.4).
import { LOBBY } from "#protocol/conversations.ts";
import type { DeliverPorts } from "./deliver.ts";
import { tellLeft } from "./tell-left.ts";

/** @param userId whose device it was taken for, when that is known: the device goes even where the connection's row is gone already */
export async function forgetConnection(ports: DeliverPorts, connectionId: string, userId?: string): Promise<void> {
  const connection = await ports.connections.remove(connectionId, userId);
  // another was first, or it has expired: then memberships may be left behind
  const conversations = connection?.conversations ?? (await ports.memberships.ofConnection(connectionId));
  for (const conversation of conversations) {
    if (conversation === LOBBY) await leaveLobby(ports, connectionId);
    else await endMembership(ports, conversation, connectionId);
  }
}

/** Of all who come to this only one tells the others. If that one dies, the next post to the room finds the connection gone once more. */
async function endMembership(ports: DeliverPorts, conversation: string, connectionId: string): Promise<void> {
  const was = await ports.memberships.end(conversation, connectionId);
  if (!was) return;
  await tellLeft(ports, conversation, was);
  await ports.memberships.remove(conversation, connectionId);
}

/** Only names count there; to ask everybody who is connected about one without a name would cost the most for nothing. */
async function leaveLobby(ports: DeliverPorts, connectionId: string): Promise<void> {
  const was = await ports.memberships.remove(LOBBY, connectionId);
  if (was?.name !== undefined) await tellLeft(ports, LOBBY, was);
}
