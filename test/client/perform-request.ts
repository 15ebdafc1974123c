// What a request to the protocol server does, and what its ack says.
import { directConversation, LOBBY, participantsOf, roomConversation } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { AckFields, Entry, Request } from "#protocol/messages.ts";
import { announce, audienceOf, isElsewhereIn, tellOthers } from "./audience.ts";
import { conversationOf } from "./conversation-of.ts";
import type { Connection, ProtocolServer } from "./protocol-server.ts";

type Server = Pick<
  ProtocolServer,
  "connections" | "store" | "write" | "amend" | "push" | "send" | "resumeEntries" | "lifetimeSeconds"
>;

export function performRequest(server: Server, connection: Connection, request: Request): object {
  switch (request.action) {
    case "setName":
      connection.user = { ...connection.user, name: request.name };
      for (const conversation of connection.rooms) announce(server, connection, conversation, "rename");
      return { name: request.name };
    case "joinRoom": {
      const conversation = roomConversation(request.room);
      const isNew = !connection.rooms.has(conversation) && !isElsewhereIn(server, connection, conversation);
      connection.rooms.add(conversation);
      if (isNew) announce(server, connection, conversation, "join");
      return members(server, conversation);
    }
    case "leaveRoom": {
      const conversation = roomConversation(request.room);
      if (connection.rooms.delete(conversation)) announce(server, connection, conversation, "leave");
      return { conversation };
    }
    case "sendMessage":
      return accept(server, connection, request);
    case "editMessage":
    case "deleteMessage":
      return amended(server, connection, request);
    case "getMessages": {
      const named = request.conversation ?? directConversation(connection.user.id, request.with ?? "");
      return server.store.page(readable(connection, named), request);
    }
    case "resume":
      for (const { conversation } of request.conversations) readable(connection, conversation);
      return server.store.resume(request, server.resumeEntries);
    case "conversations":
      return conversations(server, connection);
    case "typing":
      tellOthers(server, connection, {
        type: "typing",
        conversation: conversationOf(request.to, connection.user),
        user: connection.user,
      });
      return {};
    case "receipt": {
      const { conversation, seq, kind } = request;
      readable(connection, conversation);
      tellOthers(server, connection, { type: "receipt", conversation, seq, kind, user: connection.user });
      return {};
    }
    case "members":
      return members(server, roomConversation(request.room));
    case "whoami":
      return { connectionId: connection.id, user: connection.user, expiresInSeconds: server.lifetimeSeconds };
    case "refresh":
      return { expiresAt: new Date(0).toISOString(), expiresInSeconds: server.lifetimeSeconds };
    case "ping":
      return { at: new Date().toISOString() };
  }
}

function accept(server: Server, connection: Connection, request: Extract<Request, { action: "sendMessage" }>): object {
  const conversation = conversationOf(request.to, connection.user);
  if ("room" in request.to && !connection.rooms.has(conversation)) {
    throw new ChatError("not_a_member", `You are not in the room "${request.to.room}": join it first.`);
  }
  const known = sentBefore(server, connection, conversation, request.id);
  const message =
    known ??
    server.write(conversation, request.content, { sender: connection.user, ...(request.id ? { id: request.id } : {}) });
  return published(server, connection, message, known !== undefined);
}

function amended(
  server: Server,
  connection: Connection,
  request: Extract<Request, { action: "editMessage" | "deleteMessage" }>,
): object {
  const { conversation, of } = request;
  const message = server.store.message(readable(connection, conversation), of);
  if (message.sender.id !== connection.user.id) {
    throw new ChatError("not_yours", "Only who sent a message may change it or take it back.");
  }
  const known = sentBefore(server, connection, conversation, request.id);
  const content = request.action === "editMessage" ? { content: request.content } : {};
  const amendment = known ?? server.amend(conversation, of, { ...content, ...(request.id ? { id: request.id } : {}) });
  return published(server, connection, amendment, known !== undefined);
}

function published(server: Server, connection: Connection, entry: Entry, again: boolean): AckFields["sendMessage"] {
  const { conversation, seq, id, sentAt } = entry;
  const others = [...audienceOf(server, conversation)].filter((one) => one !== connection);
  if (!again) server.push(entry, others);
  return { conversation, seq, id, sentAt };
}

function sentBefore(
  server: Server,
  connection: Connection,
  conversation: string,
  clientId: string | undefined,
): Entry | undefined {
  const { user } = connection;
  return server.store.of(conversation).find(({ id, sender }) => id === clientId && sender.id === user.id);
}

function readable(connection: Connection, conversation: string): string {
  const isTheirs =
    conversation === LOBBY ||
    connection.rooms.has(conversation) ||
    participantsOf(conversation).includes(connection.user.id);
  if (!isTheirs) throw new ChatError("not_a_member", `${conversation} is not yours to read.`);
  return conversation;
}

function conversations(server: Server, connection: Connection): AckFields["conversations"] {
  const direct = server.store.conversations.filter((name) => participantsOf(name).includes(connection.user.id));
  const names = [LOBBY, ...connection.rooms, ...direct].sort();
  const conversations = names.map((conversation) => ({ conversation, seq: server.store.lastSeq(conversation) }));
  return { conversations, more: false };
}

function members(server: Server, conversation: string): object {
  const people = new Map([...audienceOf(server, conversation)].map(({ user }) => [user.id, user]));
  return { conversation, seq: server.store.lastSeq(conversation), members: [...people.values()] };
}
