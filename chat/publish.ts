// An entry of a conversation is stored first, then shown. What is answered to its sender is true from the moment `append` has returned: a
// push that fails loses nothing.
import type { Entry } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import type { Place } from "./place.ts";
import type { Connection, Draft, Ports } from "./ports.ts";
import { requireRate } from "./require-rate.ts";

export type PublishPorts = DeliverPorts & Pick<Ports, "messages" | "inboxes" | "rates">;

export interface Published {
  readonly entry: Entry;
  /** It is the repetition of a request that was done before. */
  readonly again: boolean;
  /** How many other users were shown it at once. */
  readonly reached: number;
}

export async function publish(
  ports: PublishPorts,
  caller: Connection,
  place: Place,
  draft: Draft,
  clientId: string | undefined,
): Promise<Published> {
  requireRate(ports, "user", caller.userId);
  requireRate(ports, "conversation", place.conversation);
  // before the first message: a conversation that is stored is in its users' lists
  if (place.hint === 0) {
    await Promise.all(place.users.map((user) => ports.inboxes.note(user, place.conversation)));
  }
  const { entry, again } = await ports.messages.append(draft, clientId, place.hint);
  if (again) return { entry, again, reached: await alreadyReached(ports, caller, place, entry) };
  return { entry, again, reached: await show(ports, caller, place, entry) };
}

async function show(ports: PublishPorts, caller: Connection, place: Place, entry: Entry): Promise<number> {
  const event = { type: "entry", entry, direct: place.direct } as const;
  const first = place.known ?? (await place.audience());
  // while it is being pushed: nobody waits for a hint
  const [shown] = await Promise.all([
    deliver(ports, event, first, caller),
    ports.messages.noteLast(place.conversation, entry.seq),
  ]);
  const reached = new Set(shown);
  if (place.known) {
    // devices that came while the entry was being stored, and the sender's own others
    const known = new Set(first.map(({ connectionId }) => connectionId));
    const late = (await place.audience()).filter(({ connectionId }) => !known.has(connectionId));
    for (const user of await deliver(ports, event, late, caller)) reached.add(user);
  }
  reached.delete(caller.userId);
  const missed = place.users.filter((user) => user !== caller.userId && !reached.has(user));
  await Promise.all(missed.map((user) => ports.inboxes.noteMissed(user, place.conversation, entry.seq)));
  return reached.size;
}

/** Of a repeated request: those of the conversation's other users who are not waiting for this entry. */
async function alreadyReached(ports: PublishPorts, caller: Connection, place: Place, entry: Entry): Promise<number> {
  const others = place.users.filter((user) => user !== caller.userId);
  const inboxes = await Promise.all(others.map((user) => ports.inboxes.list(user)));
  const waits = inboxes.filter((inbox) =>
    inbox.some(
      ({ conversation, missedFrom }) =>
        conversation === place.conversation && missedFrom !== undefined && missedFrom <= entry.seq,
    ),
  );
  return others.length - waits.length;
}
