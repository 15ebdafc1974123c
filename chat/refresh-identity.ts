// A new token before the old one expires: the connection stays, with what the new one says.

import { ChatError } from "#protocol/errors.ts";
import type { AckFields } from "#protocol/messages.ts";
import type { DeliverPorts } from "./deliver.ts";
import { leaveForbiddenRooms } from "./leave-forbidden-rooms.ts";
import { notConnected } from "./not-connected.ts";
import type { Connection, Ports } from "./ports.ts";
import { secondsUntil } from "./seconds-until.ts";
import { rename } from "./set-name.ts";
import { userBanned } from "./user-banned.ts";

/** @throws ChatError `unauthenticated`, or `not_allowed` when the user is banned; the connection then keeps the identity it has, as long as that holds */
export async function refreshIdentity(
  ports: DeliverPorts & Pick<Ports, "clock" | "rules" | "tokens">,
  caller: Connection,
  token: string,
): Promise<AckFields["refresh"]> {
  const { userId, name, rooms = [], expiresAt } = await ports.tokens.verify(token);
  if (userId !== caller.userId) {
    throw new ChatError("unauthenticated", "The token is another user's: connect with it instead.");
  }
  const changed = await ports.connections.change(caller, { rooms, expiresAt });
  if (changed === "banned") throw userBanned();
  if (changed === "not_connected") throw notConnected();
  const { conversations } = await leaveForbiddenRooms(ports, changed);
  for (const conversation of conversations) {
    await ports.memberships.change(conversation, caller.connectionId, { expiresAt });
  }
  if (name !== undefined && name !== caller.name) await rename(ports, changed, name);
  const expiresInSeconds = secondsUntil(expiresAt, ports.clock.now());
  return { expiresAt: new Date(expiresAt).toISOString(), expiresInSeconds };
}
