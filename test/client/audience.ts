// Who hears of what happens in a conversation of the protocol server.
import { LOBBY, participantsOf } from "#protocol/conversations.ts";
import type { Push } from "#protocol/messages.ts";
import type { Connection, ProtocolServer } from "./protocol-server.ts";

type Server = Pick<ProtocolServer, "connections" | "push" | "send">;

export function* audienceOf({ connections }: Pick<Server, "connections">, conversation: string): Iterable<Connection> {
  for (const connection of connections) {
    const isIn = conversation === LOBBY || connection.rooms.has(conversation);
    if (isIn || participantsOf(conversation).includes(connection.user.id)) yield connection;
  }
}

export function tellOthers(server: Server, connection: Connection, push: Push): void {
  const others = [...audienceOf(server, push.conversation)].filter(({ user }) => user.id !== connection.user.id);
  server.push(push, others);
}

export function announce(
  server: Server,
  who: Connection,
  conversation: string,
  event: "join" | "leave" | "rename",
): void {
  for (const connection of audienceOf(server, conversation)) {
    if (connection !== who) server.send(connection, { type: "presence", conversation, event, user: who.user });
  }
}

/** With another tab or device. */
export function isElsewhereIn(
  server: Pick<Server, "connections">,
  connection: Connection,
  conversation: string,
): boolean {
  const others = [...server.connections].filter((one) => one !== connection && one.user.id === connection.user.id);
  return others.some(({ rooms }) => rooms.has(conversation));
}
