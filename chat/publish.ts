// An entry of a conversation is stored first, then shown: to a small audience here, to a large one by pumps. What is answered to its sender
// is true from the moment `append` has returned: a push that fails loses nothing.
import { kindOf } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Entry } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import type { DirectPlace, Place } from "./place.ts";
import type { Connection, Draft, Member, Ports } from "./ports.ts";
import { requireRate } from "./require-rate.ts";
import { type WakePorts, wakePumps } from "./wake-pumps.ts";

export type PublishPorts = DeliverPorts & WakePorts & Pick<Ports, "messages" | "inboxes" | "rates">;

export interface Published {
  readonly entry: Entry;
  /** It is the repetition of a request that was done before. */
  readonly again: boolean;
  /** How many other users were shown it at once, as far as that is known at once. */
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
  await enrol(ports, caller, place);
  const { connectionId, dialect } = caller;
  const by = { connectionId, ...(dialect === undefined ? {} : { dialect }) };
  const { entry, again, shown } = await ports.messages.append(draft, clientId, place.hint, by);
  if (!place.direct) return { entry, again, reached: await showToAll(ports, caller, entry, again) };
  if (again && shown) return { entry, again, reached: await alreadyReached(ports, caller, place, entry) };
  if (again && !isLeftBehind(ports, entry))
    return { entry, again, reached: await waitingFor(ports, caller, place, entry) };
  const reached = await showToUsers(ports, caller, place, entry);
  if (clientId !== undefined) await ports.messages.noteShown(entry.conversation, entry.seq);
  return { entry, again, reached };
}

/**
 * A conversation that is stored is in its users' lists, and who is in a list may read it. A direct one is noted once. A group's clients say
 * with each message who is in it: only who is in it already may say so, and who is new is noted.
 */
async function enrol(ports: PublishPorts, caller: Connection, { conversation, users, hint }: Place): Promise<void> {
  if (users.length === 0) return;
  if (kindOf(conversation) !== "group") {
    if (hint === 0) await Promise.all(users.map((user) => ports.inboxes.note(user, conversation)));
    return;
  }
  const strangers = await ports.inboxes.strangers(conversation, users);
  if (strangers.includes(caller.userId) && (hint > 0 || (await ports.messages.lastSeq(conversation)) > 0)) {
    throw new ChatError("not_a_member", "Only who is in a group may write to it.");
  }
  await Promise.all(strangers.map((user) => ports.inboxes.note(user, conversation)));
}

/**
 * To a room or the lobby. Its members are read when the entry is stored – who joins meanwhile either is among them, or reads the entry's
 * seq – and no further than it takes to know that they are many.
 */
async function showToAll(ports: PublishPorts, caller: Connection, entry: Entry, again: boolean): Promise<number> {
  const { conversation, seq } = entry;
  const { members, shards } = await ports.memberships.atMost(conversation, ports.directAudienceLimit + 1);
  if (members.length > ports.directAudienceLimit) {
    // for a repeated request, too: the first one may have died before it came to this, and a pump sends nothing twice
    await Promise.all([
      wakePumps(ports, { conversation, shards, seq }),
      again ? undefined : ports.messages.noteLast(conversation, seq),
    ]);
    return 0;
  }
  if (again && !(await isNotShownYet(ports, entry))) return 0;
  const reached = await showNow(ports, caller, entry, members, false);
  reached.delete(caller.userId);
  return reached.size;
}

/** So long after a run has stored an entry it has shown that entry, and noted it – or it is no more. */
const SHOWN_AFTER_MS = 2_000;

/**
 * Of a repeated request to a small audience. Who was slow, and did not die, shows the entry once more: its seq tells. Where a later entry was
 * shown since, those who have that one know what they miss.
 */
async function isNotShownYet(
  { clock, messages }: PublishPorts,
  { conversation, seq, sentAt }: Entry,
): Promise<boolean> {
  if (clock.now() - Date.parse(sentAt) < SHOWN_AFTER_MS) return false;
  return (await messages.lastShownDirectly(conversation)) < seq;
}

async function showToUsers(ports: PublishPorts, caller: Connection, place: DirectPlace, entry: Entry): Promise<number> {
  const reached = await showNow(ports, caller, entry, place.known, true);
  // devices that came while the entry was being stored, and the sender's own others
  const known = new Set(place.known.map(({ connectionId }) => connectionId));
  const late = (await place.audience()).filter(({ connectionId }) => !known.has(connectionId));
  for (const user of await deliver(ports, { type: "entry", entry, direct: true }, late, caller)) reached.add(user);
  reached.delete(caller.userId);
  const missed = place.users.filter((user) => user !== caller.userId && !reached.has(user));
  await Promise.all(missed.map((user) => ports.inboxes.noteMissed(user, place.conversation, entry.seq)));
  return reached.size;
}

async function showNow(
  ports: PublishPorts,
  caller: Connection,
  entry: Entry,
  audience: readonly Member[],
  direct: boolean,
): Promise<Set<string>> {
  // while it is being pushed: nobody waits for a hint
  const [reached] = await Promise.all([
    deliver(ports, { type: "entry", entry, direct }, audience, caller),
    ports.messages.noteLast(entry.conversation, entry.seq, "directly"),
  ]);
  return new Set(reached);
}

/** Longer than any function runs: the run that stored the entry and did not come to show it is no more. */
const LEFT_BEHIND_MS = 30_000;

function isLeftBehind(ports: PublishPorts, entry: Entry): boolean {
  return ports.clock.now() - Date.parse(entry.sentAt) > LEFT_BEHIND_MS;
}

/** Stored by a run that is about to show it, or has died: until it is known that it was shown, the others are waiting for it. */
async function waitingFor(ports: PublishPorts, caller: Connection, place: Place, entry: Entry): Promise<number> {
  const others = place.users.filter((user) => user !== caller.userId);
  await Promise.all(others.map((user) => ports.inboxes.noteMissed(user, place.conversation, entry.seq)));
  return 0;
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
