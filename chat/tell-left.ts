import type { Signal } from "#protocol/messages.ts";
import type { DeliverPorts } from "./deliver.ts";
import { devicesIn } from "./devices-in.ts";
import { type Member, personOf } from "./ports.ts";
import { audienceOf, tellAtOnce, tellManyIfPossible } from "./tell.ts";

/**
 * A membership has ended: those who are left are told, unless its user is still there with another tab or device. One that came back
 * while they were being told has the last word.
 */
export async function tellLeft(ports: DeliverPorts, conversation: string, was: Member): Promise<void> {
  const { userId, dialect } = was;
  const presence = (event: "join" | "leave"): Signal => ({
    type: "presence",
    conversation,
    event,
    user: personOf(was),
  });
  const cause = { userId, ...(dialect === undefined ? {} : { dialect }) };
  const audience = await audienceOf(ports, conversation);
  if (audience.isLarge) {
    if (audience.isTooLarge) return;
    const devices = await devicesIn(ports, conversation, was);
    if (devices.some(({ connectionId }) => connectionId !== was.connectionId)) return;
    await tellManyIfPossible(ports, presence("leave"), cause, { at: ports.clock.now(), audience });
    return;
  }
  const isOfUser = (member: Member) => member.userId === userId;
  if (audience.members.some(isOfUser)) return;
  await tellAtOnce(ports, presence("leave"), audience.members, cause);
  const after = await audienceOf(ports, conversation);
  if (!after.isLarge && after.members.some(isOfUser)) await tellAtOnce(ports, presence("join"), after.members, cause);
}
