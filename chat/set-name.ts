import { LOBBY } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { AckFields } from "#protocol/messages.ts";
import type { DeliverPorts } from "./deliver.ts";
import { notConnected } from "./not-connected.ts";
import { type Connection, type Ports, personOf } from "./ports.ts";
import { audienceOf, tellAtOnce, tellManyIfPossible } from "./tell.ts";
import { userBanned } from "./user-banned.ts";

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
  const changed = await ports.connections.change(caller, { name });
  if (changed === "banned") throw userBanned();
  if (changed === "not_connected") throw notConnected();
  for (const conversation of changed.conversations) {
    await ports.memberships.change(conversation, connectionId, { name });
  }
  for (const conversation of changed.conversations) {
    // to the lobby, who takes a name for the first time comes in: before it they were nobody there
    const event = conversation === LOBBY && caller.name === undefined ? "join" : "rename";
    const cause = { connectionId, userId, ...(changed.dialect ? { dialect: changed.dialect } : {}) };
    const audience = await audienceOf(ports, conversation);
    const presence = { type: "presence", conversation, event, user: personOf(changed) } as const;
    if (audience.isLarge) await tellManyIfPossible(ports, presence, cause, { at: ports.clock.now(), audience });
    else await tellAtOnce(ports, presence, audience.members, cause);
  }
  return { name };
}
