// System 1, the configuration repository (`AWS_WEBSOCKET_API`): sendMessage to a connection or to all, broadcast, joinRoom, leaveRoom. Its clients expect JSON and log whatever comes.
import { contentText, type Frame, shortText } from "../fields.ts";
import { LIMITS } from "../limits.ts";
import type { Request } from "../messages.ts";
import { parseRequest } from "../parse-request.ts";
import type { ChatEvent, Dialect, Recipient } from "./dialect.ts";
import { native } from "./native.ts";

export const rooms: Dialect = {
  name: "rooms",

  recognises(frame: Frame): boolean {
    const action = frame.action;
    if (action === "sendMessage") {
      return frame.recipientId === undefined && (frame.targetId !== undefined || frame.message !== undefined);
    }
    return action === "broadcast" || action === "joinRoom" || action === "leaveRoom";
  },

  parse(frame: Frame): Request {
    const action = frame.action;
    if (action !== "sendMessage" && action !== "broadcast") return parseRequest(frame);
    const content = contentText(frame, "message");
    if (action === "broadcast" || frame.targetId === undefined) {
      return { action: "sendMessage", to: { everyone: true }, content };
    }
    return {
      action: "sendMessage",
      to: { connection: shortText(frame, "targetId", LIMITS.idCharacters) },
      content,
    };
  },

  push(event: ChatEvent, recipient: Recipient) {
    const frames = native.push(event, recipient);
    if (event.type !== "message") return frames;
    return frames.map((frame) => ({ ...frame, message: event.message.content }));
  },

  ack: native.ack,
  error: native.error,
};
