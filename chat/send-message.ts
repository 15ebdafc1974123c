// A message is stored first, then pushed. The ack is the caller's to send, and true from the moment `append` has returned: a push that fails loses nothing.
import { directConversation, LOBBY, roomConversation } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { AckFields, Request, Target } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { notAMember } from "./list-members.ts";
import { type Connection, type Member, type Ports, personOf } from "./ports.ts";

export type SendPorts = DeliverPorts & Pick<Ports, "messages" | "clock" | "ids">;

export async function sendMessage(
  ports: SendPorts,
  caller: Connection,
  request: Extract<Request, { action: "sendMessage" }>,
): Promise<AckFields["sendMessage"]> {
  const place = await placeOf(ports, caller, request.to);
  const { message, again } = await ports.messages.append(
    {
      conversation: place.conversation,
      id: request.id ?? ports.ids.create(),
      sender: personOf(caller),
      content: request.content,
      sentAt: new Date(ports.clock.now()).toISOString(),
    },
    request.id,
  );
  if (!again) {
    await deliver(ports, { type: "message", message, direct: place.direct }, await place.audience(), caller);
  }
  const { conversation, seq, id, sentAt } = message;
  return { conversation, seq, id, sentAt };
}

interface Place {
  readonly conversation: string;
  readonly direct: boolean;
  audience(): Promise<readonly Member[]>;
}

async function placeOf(ports: SendPorts, caller: Connection, to: Target): Promise<Place> {
  if ("everyone" in to) return shared(ports, LOBBY);
  if ("room" in to) {
    const conversation = roomConversation(to.room);
    if (!caller.conversations.includes(conversation)) throw notAMember(to.room);
    return shared(ports, conversation);
  }
  if ("connection" in to) return oneConnection(ports, caller, to.connection);
  return oneUser(ports, caller, "user" in to ? to.user : await userNamed(ports, to.name));
}

function shared(ports: SendPorts, conversation: string): Place {
  return { conversation, direct: false, audience: () => ports.memberships.audience(conversation) };
}

async function oneConnection(ports: SendPorts, caller: Connection, connectionId: string): Promise<Place> {
  const connection = await ports.connections.get(connectionId);
  if (!connection) throw new ChatError("not_found", `There is no connection ${JSON.stringify(connectionId)}.`);
  return {
    conversation: directConversation(caller.userId, connection.userId),
    direct: true,
    audience: async () => [connection],
  };
}

/** To all devices of the other, and to the sender's own other ones. A user who is not here finds the message in the history. */
function oneUser(ports: SendPorts, caller: Connection, userId: string): Place {
  return {
    conversation: directConversation(caller.userId, userId),
    direct: true,
    audience: async () => {
      const users = [...new Set([userId, caller.userId])];
      return (await Promise.all(users.map((user) => ports.connections.ofUser(user)))).flat();
    },
  };
}

/** Names are not unique: the one who has it longest is meant. */
async function userNamed(ports: SendPorts, name: string): Promise<string> {
  const [first] = await ports.connections.named(name);
  if (first) return first.userId;
  throw new ChatError("not_found", `Nobody here is named ${JSON.stringify(name)}.`);
}
