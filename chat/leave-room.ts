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
  const { connectionId } = caller;
  const was = await ports.memberships.remove(conversation, connectionId);
  // Noted as left only when the others were told: who repeats a request that died in between has them told again.
  const isLeft = was ?? (caller.conversations.includes(conversation) ? caller : undefined);
  if (isLeft) await tellLeft(ports, conversation, isLeft);
  // it joined again while they were being told
  if (isLeft && (await ports.memberships.find(conversation, [connectionId])).length > 0) return { conversation };
  await ports.connections.noteLeft(connectionId, conversation);
  // once more: a joinRoom of the same connection, sent at the same time, may have come in between
  const cameBack = await ports.memberships.remove(conversation, connectionId);
  if (!cameBack) return { conversation };
  await ports.connections.noteLeft(connectionId, conversation);
  await tellLeft(ports, conversation, cameBack);
  return { conversation };
}
