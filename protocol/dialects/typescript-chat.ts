// System 4, the serverless TypeScript chat: direct messages by user id, and their history newest first.
import { participantsOf } from "../conversations.ts";
import { contentText, type Frame, refusal, shortText, wholeNumber } from "../fields.ts";
import { LIMITS } from "../limits.ts";
import type { Ack, Message, Request } from "../messages.ts";
import type { ChatEvent, Dialect, OutFrame, Recipient } from "./dialect.ts";
import { native } from "./native.ts";

export const typescriptChat: Dialect = {
  name: "typescript-chat",

  recognises(frame: Frame): boolean {
    const action = frame.action;
    if (action === "sendMessage") return frame.recipientId !== undefined && !isFrameOfMessageAi(frame);
    return action === "getMessages" && frame.targetId !== undefined;
  },

  parse(frame: Frame): Request {
    if (frame.action === "sendMessage") {
      return {
        action: "sendMessage",
        to: { user: shortText(frame, "recipientId", LIMITS.userIdCharacters) },
        content: contentText(frame, "content"),
      };
    }
    return {
      action: "getMessages",
      with: shortText(frame, "targetId", LIMITS.userIdCharacters),
      limit: wholeNumber(frame, "limit", {
        least: 1,
        most: LIMITS.pageOfMessages.most,
        otherwise: LIMITS.pageOfMessages.default,
      }),
      ...startKey(frame.startKey),
    };
  },

  push(event: ChatEvent, recipient: Recipient): readonly OutFrame[] {
    if (event.type !== "message" || recipient.own) return [];
    return [{ type: "message", value: { senderId: event.message.sender.id, content: event.message.content } }];
  },

  ack(ack: Ack): OutFrame | undefined {
    if (ack.action !== "getMessages") return undefined;
    const oldest = ack.messages[0];
    return {
      type: "messages",
      value: {
        messages: ack.messages.map(listed).reverse(),
        ...(ack.more && oldest ? { lastEvaluatedKey: `before:${oldest.seq}` } : {}),
      },
    };
  },

  error: native.error,
};

function isFrameOfMessageAi(frame: Frame): boolean {
  return frame.conversationId !== undefined && frame.messageId !== undefined;
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

function startKey(value: unknown): { readonly before?: number } {
  if (value === undefined || value === null) return {};
  const seq = typeof value === "string" ? /^before:(\d{1,15})$/.exec(value)?.[1] : undefined;
  if (seq === undefined) throw refusal("startKey", value, "the lastEvaluatedKey of an earlier answer");
  return { before: Number(seq) };
}
