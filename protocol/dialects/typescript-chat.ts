// System 4, the serverless TypeScript chat: direct messages by user id, and their history newest first.
import { check } from "../check-shape.ts";
import { participantsOf } from "../conversations.ts";
import { placeOf } from "../cursor.ts";
import { USER_ID } from "../definitions.ts";
import { contentText, type Frame, shortText, wholeNumber } from "../fields.ts";
import { LIMITS } from "../limits.ts";
import type { Message } from "../messages.ts";
import type { ChatEvent, Command, CommandAck, Dialect, OutFrame, Recipient } from "./dialect.ts";
import { native } from "./native.ts";

export const typescriptChat: Dialect = {
  name: "typescript-chat",
  actions: ["sendMessage", "getMessages"],

  recognises(frame: Frame): boolean {
    const action = frame.action;
    if (action === "sendMessage") return frame.recipientId !== undefined && !isFrameOfMessageAi(frame);
    return action === "getMessages" && frame.targetId !== undefined;
  },

  parse(frame: Frame): Command {
    if (frame.action === "sendMessage") {
      return {
        action: "sendMessage",
        to: { user: check(USER_ID, frame.recipientId, "recipientId") },
        content: contentText(frame, "content"),
      };
    }
    return {
      action: "getMessages",
      with: check(USER_ID, frame.targetId, "targetId"),
      limit: wholeNumber(frame, "limit", {
        least: 1,
        most: LIMITS.pageOfMessages.most,
        otherwise: LIMITS.pageOfMessages.default,
      }),
      ...(frame.startKey === undefined || frame.startKey === null ? {} : { cursor: startKey(frame) }),
    };
  },

  push(event: ChatEvent, recipient: Recipient): readonly OutFrame[] {
    if (event.type !== "entry" || event.entry.type !== "message" || recipient.own) return [];
    return [{ type: "message", value: { senderId: event.entry.sender.id, content: event.entry.content } }];
  },

  ack(ack: CommandAck, command: Command): OutFrame | undefined {
    if (ack.action === "sendMessage") return undefined;
    if (ack.action !== "getMessages") return native.ack(ack, command);
    const messages = ack.entries.filter((entry) => entry.type === "message" && !entry.deletedAt);
    return {
      type: "messages",
      value: {
        messages: messages.map((entry) => listed(entry as Message)).reverse(),
        ...(ack.older === undefined ? {} : { lastEvaluatedKey: ack.older }),
      },
    };
  },

  error: native.error,
};

/** Our cursor, refused here under the name that these clients have for it. */
function startKey(frame: Frame): string {
  const cursor = shortText(frame, "startKey", LIMITS.cursorCharacters);
  placeOf(cursor, "startKey");
  return cursor;
}

function isFrameOfMessageAi(frame: Frame): boolean {
  return frame.conversationId !== undefined || frame.messageId !== undefined || frame.senderId !== undefined;
}

function listed(message: Message): OutFrame {
  return {
    messageId: message.id,
    roomId: [...participantsOf(message.conversation)].sort().join("#"),
    content: message.content,
    senderId: message.sender.id,
    createdAt: Date.parse(message.sentAt),
  };
}
