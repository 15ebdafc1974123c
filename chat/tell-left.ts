import { type DeliverPorts, deliver } from "./deliver.ts";
import { type Member, peopleOf, personOf } from "./ports.ts";

/** A membership has ended: those who are left are told, unless its user is still there with another tab or device. */
export async function tellLeft(ports: DeliverPorts, conversation: string, was: Member): Promise<void> {
  const audience = await ports.memberships.audience(conversation);
  if (audience.some(({ userId }) => userId === was.userId)) return;
  const user = personOf(was);
  await deliver(
    ports,
    { type: "presence", conversation, event: "leave", user, members: peopleOf(audience) },
    audience,
    {
      userId: was.userId,
      ...(was.dialect === undefined ? {} : { dialect: was.dialect }),
    },
  );
}
