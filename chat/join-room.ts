import { roomConversation } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { AckFields } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { notConnected } from "./not-connected.ts";
import { type Connection, type Ports, peopleOf, personOf } from "./ports.ts";

/** Joining again is no mistake and tells nobody anything new. */
export async function joinRoom(
  ports: DeliverPorts & Pick<Ports, "messages">,
  caller: Connection,
  room: string,
): Promise<AckFields["joinRoom"]> {
  const conversation = roomConversation(room);
  const before = await ports.memberships.audience(conversation);
  const member = await becomeMember(ports, caller, conversation);
  // read after the membership is there: what is stored from now on is pushed to this connection, so nothing falls between
  const seq = await ports.messages.lastSeq(conversation);
  const audience = [...before.filter(({ connectionId }) => connectionId !== member.connectionId), member];
  const members = peopleOf(audience);
  if (!before.some(({ userId }) => userId === member.userId)) {
    const event = { type: "presence", conversation, event: "join", user: personOf(member), members } as const;
    await deliver(ports, event, audience, member);
  }
  return { conversation, seq, members };
}

/**
 * The membership is written before the connection notes it: a setName at the same time either finds the membership in the
 * connection's list, or is found here.
 */
async function becomeMember(ports: DeliverPorts, caller: Connection, conversation: string): Promise<Connection> {
  const { connectionId } = caller;
  await ports.memberships.add(conversation, caller);
  const noted = await ports.connections.noteJoined(connectionId, conversation, LIMITS.roomsPerConnection + 1);
  if (typeof noted === "object") {
    const { name, dialect } = noted;
    if (name !== caller.name || dialect !== caller.dialect) {
      await ports.memberships.change(conversation, connectionId, {
        ...(name === undefined ? {} : { name }),
        ...(dialect === undefined ? {} : { dialect }),
      });
    }
    return noted;
  }
  await ports.memberships.remove(conversation, connectionId);
  if (noted === "not_connected") throw notConnected();
  throw new ChatError("too_many_rooms", `A connection may be in ${LIMITS.roomsPerConnection} rooms; leave one first.`);
}
