import type { Member, Ports } from "./ports.ts";

/** The memberships of all of a user's devices, where there are others than this one: in a large audience nobody looks for them one by one. */
export async function devicesIn(
  { snapshots, memberships }: Pick<Ports, "snapshots" | "memberships">,
  conversation: string,
  { userId, connectionId }: Pick<Member, "userId" | "connectionId">,
): Promise<readonly Member[]> {
  // a client that named no user is its only device
  if (userId === connectionId) return [];
  const devices = (await snapshots.read({ users: [userId] })).devices(userId) ?? [];
  const others = devices.map((device) => device.connectionId).filter((id) => id !== connectionId);
  return others.length === 0 ? [] : memberships.find(conversation, [connectionId, ...others]);
}
