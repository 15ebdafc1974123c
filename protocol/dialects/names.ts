// System 2 (`chat-api-handler`): people are names. Its client looks for the keys members, publicMessage, privateMessage, systemMessage, in that order, and stops at the first.
import { LOBBY } from "../conversations.ts";
import { contentText, type Frame, shortText } from "../fields.ts";
import { LIMITS } from "../limits.ts";
import type { ErrorFrame, Message, Person } from "../messages.ts";
import { parseRequest } from "../parse-request.ts";
import type { ChatEvent, Command, Dialect, OutFrame, Recipient } from "./dialect.ts";
import { native } from "./native.ts";

export const names: Dialect = {
  name: "names",
  actions: ["setName", "sendPublic", "sendPrivate"].flatMap((action) => [action, `$${action}`]),

  recognises(frame: Frame): boolean {
    const action = plainAction(frame);
    return action === "setName" || action === "sendPublic" || action === "sendPrivate";
  },

  parse(frame: Frame): Command {
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
    if (event.type === "entry")
      return event.entry.type === "message" ? shown(event.entry, event.direct, recipient) : [];
    if (event.conversation !== LOBBY || !recipient.named) return [];
    if (event.type === "signals") return inACrowd(event);
    return event.type === "presence" ? presence(event) : [];
  },

  ack: (ack, command) =>
    ack.action === "setName" || ack.action === "sendMessage" ? undefined : native.ack(ack, command),

  /** The text under `systemMessage` as well, which is what its page shows. */
  error: (error: ErrorFrame) => ({ ...error, systemMessage: error.message }),
};

/** Some copies of its client write `$setName`: the route selection value of their API. */
function plainAction(frame: Frame): unknown {
  const action = frame.action;
  return typeof action === "string" && action.startsWith("$") ? action.slice(1) : action;
}

function shown(message: Message, direct: boolean, recipient: Recipient): readonly OutFrame[] {
  const line = `${shownName(message.sender)}: ${message.content}`;
  if (direct) return recipient.own ? [] : [{ privateMessage: line }];
  return recipient.named ? [{ publicMessage: line }] : [];
}

/** On coming `members` goes first, on leaving last, as this system's handler did it. */
function presence(event: Extract<ChatEvent, { type: "presence" }>): readonly OutFrame[] {
  const members = { members: event.members.flatMap((member) => member.name ?? []) };
  const who = shownName(event.user);
  if (event.event === "leave") return [{ systemMessage: `${who} has left the chat` }, members];
  return [members, { systemMessage: `${who} has joined the chat` }];
}

/** Its page shows what `members` says as everybody who is there: of so many nobody knows that, and the list stays as it was. */
function inACrowd({ signals, others }: Extract<ChatEvent, { type: "signals" }>): readonly OutFrame[] {
  const come: string[] = [];
  const gone: string[] = [];
  for (const signal of signals) {
    if (signal.type === "presence") (signal.event === "leave" ? gone : come).push(shownName(signal.user));
  }
  const sentences = [sentence(come, "joined"), sentence(gone, "left")].filter((words) => words !== "");
  if (others?.presence) sentences.push(`${others.presence} others have come or gone`);
  return sentences.length === 0 ? [] : [{ systemMessage: sentences.join("; ") }];
}

function sentence(who: readonly string[], done: string): string {
  if (who.length === 0) return "";
  return `${who.join(", ")} ${who.length === 1 ? "has" : "have"} ${done} the chat`;
}

function shownName(person: Person): string {
  return person.name ?? person.id;
}
