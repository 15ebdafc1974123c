// A connection is no more: its rows go, and those who were with it are told. Called by `$disconnect`, which may never come or come twice, and by whoever finds the connection gone (aws facts §4, §7.4).
import { LOBBY } from "#protocol/conversations.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { type Connection, peopleOf, personOf } from "./ports.ts";

export async function forgetConnection(ports: DeliverPorts, connectionId: string): Promise<void> {
  const connection = await ports.connections.remove(connectionId);
  // another was first, or the row has expired: then only memberships may be left behind, and nobody can be told who it was
  const conversations = connection?.conversations ?? (await ports.memberships.ofConnection(connectionId));
  for (const conversation of conversations) {
    const was = await ports.memberships.remove(conversation, connectionId);
    if (!was || !connection || isNobodyIn(conversation, connection)) continue;
    const audience = await ports.memberships.audience(conversation);
    // still there with another tab or device
    if (audience.some((member) => member.userId === connection.userId)) continue;
    await deliver(
      ports,
      {
        type: "presence",
        conversation,
        event: "leave",
        user: personOf(connection),
        members: peopleOf(audience),
      },
      audience,
      { userId: connection.userId, ...(connection.dialect ? { dialect: connection.dialect } : {}) },
    );
  }
}

/** In the lobby only names count; to ask everybody who is connected about one without a name would cost the most for nothing. */
function isNobodyIn(conversation: string, connection: Connection): boolean {
  return conversation === LOBBY && connection.name === undefined;
}
