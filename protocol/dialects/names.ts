// System 2 (`chat-api-handler`): people are names. Its client looks for the keys members, publicMessage, privateMessage, systemMessage, in that order, and stops at the first.
import { LOBBY } from "../conversations.ts";
import { contentText, type Frame, shortText } from "../fields.ts";
import { LIMITS } from "../limits.ts";
import type { Ack, ErrorFrame, Person, Request } from "../messages.ts";
import { parseRequest } from "../parse-request.ts";
import type { ChatEvent, Dialect, OutFrame, Recipient } from "./dialect.ts";

export const names: Dialect = {
  name: "names",

  recognises(frame: Frame): boolean {
    const action = plainAction(frame);
    return action === "setName" || action === "sendPublic" || action === "sendPrivate";
  },

  parse(frame: Frame): Request {
    switch (plainAction(frame)) {
      case "sendPublic":
        return { action: "sendMessage", to: { everyone: true }, content: contentText(frame, "message") };
      case "sendPrivate":
        return {
          action: "sendMessage",
          to: { name: shortText(frame, "to", LIMITS.nameCharacters) },
          content: contentText(frame, "message"),
        };
      default:
        return parseRequest({ ...frame, action: plainAction(frame) });
    }
  },

  push(event: ChatEvent, recipient: Recipient): readonly OutFrame[] {
    if (event.type === "message") return message(event, recipient);
    if (event.conversation !== LOBBY || !recipient.named) return [];
    return presence(event);
  },

  ack: (_ack: Ack) => undefined,

  /** The text under `systemMessage` as well, which is what its page shows. */
  error: (error: ErrorFrame) => ({ ...error, systemMessage: error.message }),
};

/** Some copies of its client write `$setName`: the route selection value of their API. */
function plainAction(frame: Frame): unknown {
  const action = frame.action;
  return typeof action === "string" && action.startsWith("$") ? action.slice(1) : action;
}

function message(event: Extract<ChatEvent, { type: "message" }>, recipient: Recipient): readonly OutFrame[] {
  const text = `${shownName(event.message.sender)}: ${event.message.content}`;
  if (event.direct) return recipient.own ? [] : [{ privateMessage: text }];
  return recipient.named ? [{ publicMessage: text }] : [];
}

/** On coming `members` goes first, on leaving last, as this system's handler did it. */
function presence(event: Extract<ChatEvent, { type: "presence" }>): readonly OutFrame[] {
  const members = { members: event.members.flatMap((member) => member.name ?? []) };
  const who = shownName(event.user);
  if (event.event === "leave") return [{ systemMessage: `${who} has left the chat` }, members];
  return [members, { systemMessage: `${who} has joined the chat` }];
}

function shownName(person: Person): string {
  return person.name ?? person.id;
}
