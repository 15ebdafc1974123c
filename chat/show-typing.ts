import type { AckFields, Request } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { type PlacePorts, placeFor } from "./place.ts";
import { type Connection, personOf, type Snapshot } from "./ports.ts";

/** Shown to who is here, and never stored. */
export async function showTyping(
  ports: PlacePorts & DeliverPorts,
  caller: Connection,
  { to }: Extract<Request, { action: "typing" }>,
  snapshot: Snapshot,
): Promise<AckFields["typing"]> {
  const { conversation, audience, known } = await placeFor(ports, caller, to, snapshot);
  const others = (known ?? (await audience())).filter(({ userId }) => userId !== caller.userId);
  await deliver(ports, { type: "typing", conversation, user: personOf(caller) }, others, caller);
  return {};
}
