// System 3, MessageAI: direct and group messages under the client's own conversation and message ids, a status for the sender, and
// catchUp for what was missed.
import { check } from "../check-shape.ts";
import { USER_ID } from "../definitions.ts";
import { ChatError } from "../errors.ts";
import { contentText, type Frame, refusal, shortText, utf8Bytes } from "../fields.ts";
import { jsonStart } from "../json-start.ts";
import { LIMITS } from "../limits.ts";
import type { Message } from "../messages.ts";
import type { ChatEvent, Command, CommandAck, Dialect, OutFrame, Recipient, SendTarget } from "./dialect.ts";
import { native } from "./native.ts";

/** What its clients add to a message, kept for its own kind. */
const EXTRA = ["conversationId", "senderName", "timestamp"] as const;
const REPLY = ["replyToMessageId", "replyToContent", "replyToSenderName"] as const;
/** Any of them gives a message away as this system's, so that one that lacks the others is refused, not taken for another system's. */
const TELLING = ["conversationId", "messageId", "senderId"] as const;

export const messageAi: Dialect = {
  name: "message-ai",
  actions: ["sendMessage", "catchUp"],

  recognises(frame: Frame): boolean {
    if (frame.action === "catchUp") return true;
    return frame.action === "sendMessage" && frame.to === undefined && TELLING.some((key) => frame[key] !== undefined);
  },

  parse(frame: Frame): Command {
    if (frame.action === "catchUp") return { action: "catchUp" };
    shortText(frame, "senderId", LIMITS.userIdCharacters);
    const thread = shortText(frame, "conversationId", LIMITS.idCharacters);
    return {
      action: "sendMessage",
      to: target(frame, thread),
      content: contentText(frame, "content"),
      id: shortText(frame, "messageId", LIMITS.idCharacters),
      extra: extraOf(frame, thread),
      thread,
    };
  },

  push(event: ChatEvent, recipient: Recipient): readonly OutFrame[] {
    if (event.type !== "entry" || event.entry.type !== "message" || recipient.own) return [];
    return [{ type: "message", data: { ...identified(event.entry), status: "delivered" } }];
  },

  ack(ack: CommandAck, command: Command): OutFrame | undefined {
    if (ack.action === "catchUp") return { type: "catchUpComplete", data: { count: ack.count } };
    // its keep-alive, which was never answered
    if (ack.action === "ping") return undefined;
    if (ack.action !== "sendMessage" || command.action !== "sendMessage") return native.ack(ack, command);
    const conversationId = command.extra?.conversationId ?? ack.conversation;
    const status = (ack.reached ?? 0) > 0 ? "delivered" : "sent";
    return { type: "messageStatus", data: { messageId: ack.id, conversationId, status } };
  },

  error: native.error,
};

function target(frame: Frame, thread: string): SendTarget {
  if (frame.isGroupChat !== true) return { user: check(USER_ID, frame.recipientId, "recipientId") };
  const users = frame.recipientIds;
  if (!Array.isArray(users) || users.length === 0 || users.length > LIMITS.usersPerGroup) {
    throw refusal("recipientIds", users, `a list of 1 to ${LIMITS.usersPerGroup} user ids`);
  }
  return {
    group: thread,
    users: users.map((user, at) => check(USER_ID, user, `recipientIds[${at}]`)),
  };
}

function extraOf(frame: Frame, thread: string): Readonly<Record<string, unknown>> {
  const extra: Record<string, unknown> = {
    conversationId: thread,
    senderName: shortText(frame, "senderName", LIMITS.nameCharacters),
    timestamp: shortText(frame, "timestamp", LIMITS.idCharacters),
  };
  for (const field of REPLY) {
    if (frame[field] !== undefined) extra[field] = frame[field];
  }
  if (utf8Bytes(jsonStart(extra, LIMITS.extraBytes)) > LIMITS.extraBytes) {
    throw new ChatError(
      "invalid_request",
      `What is replied to may take ${LIMITS.extraBytes} bytes with its names and ids.`,
    );
  }
  return extra;
}

/** Of a message from another system's client, what it would have said. */
function identified(message: Message): OutFrame {
  const { id, conversation, sender, content, sentAt, extra = {} } = message;
  const known = Object.fromEntries(
    [...EXTRA, ...REPLY].flatMap((field) => (extra[field] === undefined ? [] : [[field, extra[field]]])),
  );
  return {
    conversationId: conversation,
    senderName: sender.name ?? sender.id,
    timestamp: sentAt,
    ...known,
    messageId: id,
    senderId: sender.id,
    content,
  };
}
