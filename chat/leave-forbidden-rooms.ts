// Rules may change while connections are open: a deployment has other ones, or a refreshed token says less. Who may not even read a room
// any more is taken out of it before the next thing they ask is done.
import type { DeliverPorts } from "./deliver.ts";
import { leaveRoom } from "./leave-room.ts";
import type { Connection, Ports } from "./ports.ts";
import { roomRights } from "./room-rights.ts";

/** @returns the connection as it is then */
export async function leaveForbiddenRooms(
  ports: DeliverPorts & Pick<Ports, "rules">,
  caller: Connection,
): Promise<Connection> {
  const isAllowed = (conversation: string) => roomRights(ports.rules, caller, conversation) !== "none";
  const forbidden = caller.conversations.filter((conversation) => !isAllowed(conversation));
  if (forbidden.length === 0) return caller;
  for (const conversation of forbidden) await leaveRoom(ports, caller, conversation.slice("room:".length));
  return { ...caller, conversations: caller.conversations.filter(isAllowed) };
}
