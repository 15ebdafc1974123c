// Where something goes: the conversation it belongs to, and who is to see it.
import { directConversation, groupConversation, LOBBY, roomConversation } from "#protocol/conversations.ts";
import type { SendTarget } from "#protocol/dialects/dialect.ts";
import { ChatError } from "#protocol/errors.ts";
import { notAMember } from "./conversation-access.ts";
import { identityEnded } from "./identity-ended.ts";
import type { Connection, Member, Ports, Snapshot } from "./ports.ts";
import { requireRights } from "./room-rights.ts";

interface SomePlace {
  readonly conversation: string;
  /** Everyone who takes part, whether here or not; only of direct and group conversations. */
  readonly users: readonly string[];
  /** The conversation's last seq, as far as known. */
  readonly hint: number;
}

/** A room, or the lobby. */
export interface SharedPlace extends SomePlace {
  readonly direct: false;
}

export interface DirectPlace extends SomePlace {
  readonly direct: true;
  /** Those known already. */
  readonly known: readonly Member[];
  /** Everybody now. */
  audience(): Promise<readonly Member[]>;
}

export type Place = SharedPlace | DirectPlace;

export type PlacePorts = Pick<Ports, "clock" | "connections" | "rules" | "snapshots">;

/** @throws ChatError `not_a_member`, `not_allowed`, `not_found` */
export async function placeFor(
  ports: PlacePorts,
  caller: Connection,
  to: SendTarget,
  snapshot: Snapshot,
): Promise<Place> {
  if ("everyone" in to) return shared(ports, LOBBY, snapshot);
  if ("room" in to) {
    const conversation = roomConversation(to.room);
    if (!caller.conversations.includes(conversation)) throw notAMember(to.room);
    requireRights(ports, caller, conversation, "write");
    return shared(ports, conversation, snapshot);
  }
  if ("group" in to) return amongUsers(ports, caller, groupConversation(to.group), to.users, snapshot);
  if ("connection" in to) return withConnection(ports, caller, to.connection, snapshot);
  const user = "user" in to ? to.user : await userNamed(ports, to.name);
  return amongUsers(ports, caller, directConversation(caller.userId, user), [user], snapshot);
}

async function shared(ports: PlacePorts, conversation: string, snapshot: Snapshot): Promise<SharedPlace> {
  return {
    conversation,
    direct: false,
    users: [],
    hint: snapshot.lastSeq(conversation) ?? (await hintOf(ports, conversation)),
  };
}

async function amongUsers(
  ports: PlacePorts,
  caller: Connection,
  conversation: string,
  others: readonly string[],
  snapshot: Snapshot,
): Promise<DirectPlace> {
  // what the first read has brought is not asked for twice; the sender's own devices come after the others
  const users = [...new Set([...others, caller.userId])];
  const hint = snapshot.lastSeq(conversation);
  const more = await ports.snapshots.read({
    conversations: hint === undefined ? [conversation] : [],
    users: others.filter((user) => snapshot.devices(user) === undefined),
  });
  return {
    conversation,
    direct: true,
    users,
    hint: hint ?? more.lastSeq(conversation) ?? 0,
    known: others.flatMap((user) => snapshot.devices(user) ?? more.devices(user) ?? []),
    audience: async () => {
      const now = await ports.snapshots.read({ users });
      return users.flatMap((user) => now.devices(user) ?? []);
    },
  };
}

async function withConnection(
  ports: PlacePorts,
  caller: Connection,
  connectionId: string,
  snapshot: Snapshot,
): Promise<DirectPlace> {
  const connection =
    snapshot.connection(connectionId) ??
    (await ports.snapshots.read({ connections: [connectionId] })).connection(connectionId);
  if (!connection || identityEnded(ports.rules, connection, ports.clock.now()))
    throw new ChatError("not_found", `There is no connection ${JSON.stringify(connectionId)}.`);
  const conversation = directConversation(caller.userId, connection.userId);
  return {
    conversation,
    direct: true,
    users: [...new Set([connection.userId, caller.userId])],
    hint: await hintOf(ports, conversation),
    known: [connection],
    audience: async () => [connection],
  };
}

async function hintOf(ports: PlacePorts, conversation: string): Promise<number> {
  return (await ports.snapshots.read({ conversations: [conversation] })).lastSeq(conversation) ?? 0;
}

/** Names are not unique: the one who has it longest is meant. */
async function userNamed(ports: PlacePorts, name: string): Promise<string> {
  const [first] = await ports.connections.named(name);
  if (first) return first.userId;
  throw new ChatError("not_found", `Nobody here is named ${JSON.stringify(name)}.`);
}
