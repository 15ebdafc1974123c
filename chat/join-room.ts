import { roomConversation } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { AckFields } from "#protocol/messages.ts";
import type { DeliverPorts } from "./deliver.ts";
import { devicesIn } from "./devices-in.ts";
import { notConnected } from "./not-connected.ts";
import { type Connection, type Member, type Ports, peopleOf, personOf } from "./ports.ts";
import { requireRights } from "./room-rights.ts";
import { audienceOf, tellAtOnce, tellManyIfPossible } from "./tell.ts";

/**
 * So long a joinRoom may be the repetition of one whose function died before it had told the others: longer than anybody waits for an answer
 * before asking again.
 */
const REPEATED_WITHIN_MS = 60_000;
/** Longer than a connection lasts. */
const TOLD_MS = 3 * 3_600_000;

/** Joining again is no mistake and tells nobody anything new, unless they may not have been told yet. */
export async function joinRoom(
  ports: DeliverPorts & Pick<Ports, "messages" | "rules" | "told">,
  caller: Connection,
  room: string,
): Promise<AckFields["joinRoom"]> {
  const conversation = roomConversation(room);
  requireRights(ports, caller, conversation, "read");
  const before = await membershipOf(ports, caller, conversation);
  const since = before?.since ?? ports.clock.now();
  const { member, seq, audience, isCrowd } = await enter(ports, { ...caller, since }, conversation);
  const isRepeated = before !== undefined && ports.clock.now() - since < REPEATED_WITHIN_MS;
  if (before === undefined || isRepeated) {
    const tell = () => tellCame(ports, conversation, member, isCrowd ? undefined : audience);
    await toldOnce(ports, JSON.stringify(["join", conversation, caller.connectionId, since]), tell);
  }
  return { conversation, seq, members: peopleOf(audience) };
}

async function membershipOf(
  { memberships }: Pick<Ports, "memberships">,
  { connectionId, conversations }: Connection,
  conversation: string,
): Promise<Member | undefined> {
  if (!conversations.includes(conversation)) return undefined;
  const [membership] = await memberships.find(conversation, [connectionId]);
  return membership;
}

/** Whatever this instance of the function has told is told; one that died in the midst of it remembers nothing. */
async function toldOnce({ told }: Pick<Ports, "told">, what: string, tell: () => Promise<void>): Promise<void> {
  if (!told.isNews(what, TOLD_MS)) return;
  try {
    await tell();
  } catch (error) {
    told.forget(what);
    throw error;
  }
}

/** @param audience undefined: they are many */
async function tellCame(
  ports: DeliverPorts,
  conversation: string,
  member: Connection,
  audience: readonly Member[] | undefined,
): Promise<void> {
  const presence = { type: "presence", conversation, event: "join", user: personOf(member) } as const;
  if (audience) {
    if (isFirstOfUser(member, audience)) await tellAtOnce(ports, presence, audience, member);
    return;
  }
  const large = await audienceOf(ports, conversation);
  if (!large.isLarge || large.isTooLarge) return;
  if (!isFirstOfUser(member, await devicesIn(ports, conversation, member))) return;
  await tellManyIfPossible(ports, presence, member, { at: ports.clock.now(), audience: large });
}

/** A leaveRoom of the same connection, sent at the same time, may take the membership away again: the one that ends last counts. */
const ATTEMPTS = 3;

/** A connection that is to be in a conversation since then. */
type Joining = Connection & Pick<Member, "since">;

async function enter(ports: DeliverPorts & Pick<Ports, "messages">, caller: Joining, conversation: string) {
  for (let attempt = 1; ; attempt++) {
    const member = await becomeMember(ports, caller, conversation);
    // Read after the membership is there: what is stored from now on is pushed to this connection, and who comes from now on tells it.
    const [seq, { members: audience }] = await Promise.all([
      ports.messages.lastSeq(conversation),
      ports.memberships.atMost(conversation, ports.directAudienceLimit + 1),
    ]);
    const isCrowd = audience.length > ports.directAudienceLimit;
    const isIn = isCrowd || audience.some(({ connectionId }) => connectionId === member.connectionId);
    if (isIn || attempt === ATTEMPTS) return { member, seq, audience, isCrowd };
  }
}

/**
 * Of a user's connections in the room, the one that came first tells the others. Of two that come at the same moment each sees the
 * other, and so both see which of them that is.
 */
function isFirstOfUser({ connectionId, userId }: Connection, audience: readonly Member[]): boolean {
  const own = audience.filter((member) => member.userId === userId);
  const [first] = own.sort((a, b) => (a.since ?? 0) - (b.since ?? 0) || (a.connectionId < b.connectionId ? -1 : 1));
  return first === undefined || first.connectionId === connectionId;
}

/**
 * The membership is written before the connection notes it: a setName at the same time either finds the membership in the
 * connection's list, or is found here.
 */
async function becomeMember(ports: DeliverPorts, caller: Joining, conversation: string): Promise<Connection> {
  const { connectionId } = caller;
  await ports.memberships.add(conversation, caller);
  const noted = await ports.connections.noteJoined(connectionId, conversation, LIMITS.roomsPerConnection + 1);
  if (typeof noted === "object") {
    const { name, dialect, expiresAt } = noted;
    if (name !== caller.name || dialect !== caller.dialect || expiresAt !== caller.expiresAt) {
      await ports.memberships.change(conversation, connectionId, {
        ...(name === undefined ? {} : { name }),
        ...(dialect === undefined ? {} : { dialect }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      });
    }
    return noted;
  }
  await ports.memberships.remove(conversation, connectionId);
  if (noted === "not_connected") throw notConnected();
  throw new ChatError("too_many_rooms", `A connection may be in ${LIMITS.roomsPerConnection} rooms; leave one first.`);
}
