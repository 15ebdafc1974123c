import { type Cause, type DeliverPorts, deliver } from "./deliver.ts";
import { type Member, peopleOf, personOf } from "./ports.ts";
import { smallAudience } from "./small-audience.ts";

/**
 * A membership has ended: those who are left are told, unless its user is still there with another tab or device. One that came back
 * while they were being told has the last word.
 */
export async function tellLeft(ports: DeliverPorts, conversation: string, was: Member): Promise<void> {
  const audience = await smallAudience(ports, conversation);
  if (!audience || audience.some(({ userId }) => userId === was.userId)) return;
  const cause = { userId: was.userId, ...(was.dialect === undefined ? {} : { dialect: was.dialect }) };
  await tell(ports, { conversation, event: "leave", was, audience, cause });
  const after = (await smallAudience(ports, conversation)) ?? [];
  if (!after.some(({ userId }) => userId === was.userId)) return;
  await tell(ports, { conversation, event: "join", was, audience: after, cause });
}

interface Telling {
  readonly conversation: string;
  readonly event: "join" | "leave";
  readonly was: Member;
  readonly audience: readonly Member[];
  readonly cause: Cause;
}

async function tell(ports: DeliverPorts, { conversation, event, was, audience, cause }: Telling): Promise<void> {
  const user = personOf(was);
  await deliver(ports, { type: "presence", conversation, event, user, members: peopleOf(audience) }, audience, cause);
}
