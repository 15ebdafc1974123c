// People with native clients, who come and enter a room.
import type { Answer, ChatWorld } from "./chat-world.ts";

export const ROOM = "room:general";
export const toRoom = { room: "general" };

export function openNative(world: ChatWorld, connectionId: string, userId = connectionId): Promise<void> {
  return world.open(connectionId, { userId, dialect: "native" });
}

export function join(world: ChatWorld, connectionId: string, room = "general"): Promise<Answer> {
  return world.say(connectionId, { action: "joinRoom", room });
}

export async function enter(world: ChatWorld, connectionId: string, userId: string, room?: string): Promise<void> {
  await openNative(world, connectionId, userId);
  await join(world, connectionId, room);
}
