import { LOBBY } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { AckFields } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { notConnected } from "./not-connected.ts";
import { type Connection, type Ports, peopleOf, personOf } from "./ports.ts";
import { smallAudience } from "./small-audience.ts";

/** @throws ChatError `not_allowed` for another name than the token's, where names come from there */
export async function setName(
  ports: DeliverPorts & Pick<Ports, "rules">,
  caller: Connection,
  name: string,
): Promise<AckFields["setName"]> {
  if (ports.rules.namesFromTokens && name !== caller.name) {
    throw new ChatError("not_allowed", "Names come from the tokens here: nobody chooses one.");
  }
  return rename(ports, caller, name);
}

export async function rename(ports: DeliverPorts, caller: Connection, name: string): Promise<AckFields["setName"]> {
  const { connectionId, userId } = caller;
  const changed = await ports.connections.change(connectionId, { name });
  if (!changed) throw notConnected();
  for (const conversation of changed.conversations) {
    await ports.memberships.change(conversation, connectionId, { name });
  }
  for (const conversation of changed.conversations) {
    const audience = await smallAudience(ports, conversation);
    if (!audience) continue;
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
