import { roomConversation } from "#protocol/conversations.ts";
import type { AckFields } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { type Connection, peopleOf, personOf } from "./ports.ts";

/** Leaving a room one is not in is no mistake. */
export async function leaveRoom(
  ports: DeliverPorts,
  caller: Connection,
  room: string,
): Promise<AckFields["leaveRoom"]> {
  const conversation = roomConversation(room);
  const was = await ports.memberships.remove(conversation, caller.connectionId);
  await ports.connections.noteLeft(caller.connectionId, conversation);
  if (!was) return { conversation };
  const audience = await ports.memberships.audience(conversation);
  if (!audience.some((member) => member.userId === caller.userId)) {
    await deliver(
      ports,
      { type: "presence", conversation, event: "leave", user: personOf(caller), members: peopleOf(audience) },
      audience,
      caller,
    );
  }
  return { conversation };
}
