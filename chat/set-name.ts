import { LOBBY } from "#protocol/conversations.ts";
import type { AckFields } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { notConnected } from "./not-connected.ts";
import { type Connection, peopleOf, personOf } from "./ports.ts";

export async function setName(ports: DeliverPorts, caller: Connection, name: string): Promise<AckFields["setName"]> {
  const { connectionId, userId } = caller;
  const changed = await ports.connections.change(connectionId, { name });
  if (!changed) throw notConnected();
  for (const conversation of changed.conversations) {
    await ports.memberships.change(conversation, connectionId, { name });
  }
  for (const conversation of changed.conversations) {
    const audience = await ports.memberships.audience(conversation);
    // to the lobby, who takes a name for the first time comes in: before it they were nobody there
    const event = conversation === LOBBY && caller.name === undefined ? "join" : "rename";
    await deliver(
      ports,
      { type: "presence", conversation, event, user: personOf(changed), members: peopleOf(audience) },
      audience,
      { connectionId, userId, ...(changed.dialect ? { dialect: changed.dialect } : {}) },
    );
  }
  return { name };
}
