import { roomConversation } from "#protocol/conversations.ts";
import type { AckFields } from "#protocol/messages.ts";
import type { DeliverPorts } from "./deliver.ts";
import type { Connection } from "./ports.ts";
import { tellLeft } from "./tell-left.ts";

/** Leaving a room one is not in is no mistake. */
export async function leaveRoom(
  ports: DeliverPorts,
  caller: Connection,
  room: string,
): Promise<AckFields["leaveRoom"]> {
  const conversation = roomConversation(room);
  const was = await ports.memberships.remove(conversation, caller.connectionId);
  await ports.connections.noteLeft(caller.connectionId, conversation);
  // once more: a joinRoom of the same connection, sent at the same time, may have come in between
  await ports.memberships.remove(conversation, caller.connectionId);
  if (was) await tellLeft(ports, conversation, was);
  return { conversation };
}
