// What a command needs to have read, as far as its frame tells: it comes with the caller, in the same call.
import { groupConversation, kindOf, LOBBY, roomConversation } from "#protocol/conversations.ts";
import type { Command, SendTarget } from "#protocol/dialects/dialect.ts";
import type { Wanted } from "./ports.ts";

/** @param userId whose connection it is, as far as that is known before it is read */
export function wantedFor(connectionId: string, userId: string | undefined, command: Command | undefined): Wanted {
  const caller = {
    connections: [connectionId],
    ...(userId !== undefined && userId !== connectionId && { bans: [userId] }),
  };
  if (command === undefined) return caller;
  if (command.action === "typing") return { ...caller, ...wantedAt(connectionId, command.to) };
  if (command.action === "sendMessage") {
    const { conversations = [], ...others } = wantedAt(connectionId, command.to);
    const group = command.thread === undefined ? [] : [groupConversation(command.thread)];
    return { ...caller, ...others, conversations: [...conversations, ...group] };
  }
  if (command.action === "receipt" || command.action === "editMessage" || command.action === "deleteMessage") {
    // what is no conversation's name may be too long for a key
    return kindOf(command.conversation) === undefined ? caller : { ...caller, conversations: [command.conversation] };
  }
  return caller;
}

function wantedAt(connectionId: string, to: SendTarget): Wanted {
  if ("room" in to) return { conversations: [roomConversation(to.room)] };
  if ("everyone" in to) return { conversations: [LOBBY] };
  if ("user" in to) return { users: [to.user] };
  if ("group" in to) return { users: to.users };
  if ("connection" in to) return { connections: [connectionId, to.connection] };
  return {};
}
