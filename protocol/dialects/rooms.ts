// System 1, the configuration repository (`AWS_WEBSOCKET_API`): sendMessage to a connection or to all, broadcast, joinRoom, leaveRoom. Its clients expect JSON and log whatever comes.
import { contentText, type Frame, shortText } from "../fields.ts";
import { LIMITS } from "../limits.ts";
import { parseRequest } from "../parse-request.ts";
import type { ChatEvent, Command, Dialect, Recipient } from "./dialect.ts";
import { native } from "./native.ts";

export const rooms: Dialect = {
  name: "rooms",
  actions: ["sendMessage", "broadcast", "joinRoom", "leaveRoom"],

  recognises(frame: Frame): boolean {
    const action = frame.action;
    if (action === "sendMessage") {
      return (
        frame.recipientId === undefined &&
        frame.to === undefined &&
        (frame.targetId !== undefined || frame.message !== undefined)
      );
    }
    return action === "broadcast" || action === "joinRoom" || action === "leaveRoom";
  },

  parse(frame: Frame): Command {
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
    if (event.type !== "entry" || event.entry.type !== "message") return native.push(event, recipient);
    // the sender has the ack
    return recipient.self ? [] : [{ ...event.entry, message: event.entry.content }];
  },

  ack: native.ack,
  error: native.error,
};
