// An entry of a conversation is stored first, then shown: to a small audience here, to a large one by pumps. What is answered to its sender
// is true from the moment `append` has returned: a push that fails loses nothing.
import { kindOf } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Entry } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { isShownSoon } from "./is-shown-soon.ts";
import type { DirectPlace, Place } from "./place.ts";
import type { Connection, Draft, Ports } from "./ports.ts";
import { requireRate } from "./require-rate.ts";
import { type WakePorts, wakePumps } from "./wake-pumps.ts";

export type PublishPorts = DeliverPorts & WakePorts & Pick<Ports, "messages" | "inboxes" | "rates" | "wait">;

export interface Published {
  readonly entry: Entry;
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
  const { entry, again } = await ports.messages.append(draft, clientId, place.hint, by);
  const run = { again, mayBeRepeated: clientId !== undefined };
  const reached = place.direct
    ? await showToUsers(ports, caller, place, entry, run)
    : await showToAll(ports, caller, entry, run);
  return { entry, reached };
}

interface Run {
  /** The entry was stored by an earlier run of the same request, which has shown it, is about to – or has died. */
  readonly again: boolean;
  readonly mayBeRepeated: boolean;
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
async function showToAll(ports: PublishPorts, caller: Connection, entry: Entry, run: Run): Promise<number> {
  const { conversation, seq } = entry;
  const { messages } = ports;
  const { members, shards } = await ports.memberships.atMost(conversation, ports.directAudienceLimit + 1);
  if (members.length > ports.directAudienceLimit) {
    // for a repeated request, too: the first one may have died before it came to this, and a pump sends nothing twice
    await Promise.all([wakePumps(ports, { conversation, shards, seq }), messages.noteLast(conversation, seq)]);
    return 0;
  }
  // where a later entry was shown since, those who have that one know what they miss
  const isShown = async () => (await messages.lastShownDirectly(conversation)) >= seq;
  if (run.again) {
    if (await isShownSoon(ports, Date.parse(entry.sentAt), isShown)) return 0;
    // others may have come meanwhile
    return showToAll(ports, caller, entry, { ...run, again: false });
  }
  const reached = new Set(await deliver(ports, { type: "entry", entry, direct: false }, members, caller));
  // the hint waits for it: to write that the entry is shown is one write with it, and not true before
  await messages.noteLast(conversation, seq, "directly");
  reached.delete(caller.userId);
  return reached.size;
}

async function showToUsers(
  ports: PublishPorts,
  caller: Connection,
  place: DirectPlace,
  entry: Entry,
  { again, mayBeRepeated }: Run,
): Promise<number> {
  const { conversation, seq } = entry;
  const { messages } = ports;
  const isShown = () => messages.isShown(conversation, seq);
  if (again && (await isShownSoon(ports, Date.parse(entry.sentAt), isShown)))
    return alreadyReached(ports, caller, place, entry);
  const event = { type: "entry", entry, direct: true } as const;
  // while it is being pushed: who comes later than the devices are read again below finds it by the hint
  const [first] = await Promise.all([deliver(ports, event, place.known, caller), messages.noteLast(conversation, seq)]);
  const reached = new Set(first);
  // devices that came while the entry was being stored, and the sender's own others
  const known = new Set(place.known.map(({ connectionId }) => connectionId));
  const late = (await place.audience()).filter(({ connectionId }) => !known.has(connectionId));
  for (const user of await deliver(ports, event, late, caller)) reached.add(user);
  reached.delete(caller.userId);
  const missed = place.users.filter((user) => user !== caller.userId && !reached.has(user));
  await Promise.all(missed.map((user) => ports.inboxes.noteMissed(user, conversation, seq)));
  if (mayBeRepeated) await messages.noteShown(conversation, seq);
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
