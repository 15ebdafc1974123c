// Our own protocol. A client says so at connect (`?dialect=native`), or is known by the frames no other system has.
import { LOBBY } from "../conversations.ts";
import type { Frame } from "../fields.ts";
import { isFrame } from "../fields.ts";
import type { Push } from "../messages.ts";
import { parseRequest } from "../parse-request.ts";
import type { ChatEvent, Dialect, Recipient } from "./dialect.ts";

export const native: Dialect = {
  name: "native",

  recognises(frame: Frame): boolean {
    const action = frame.action;
    if (action === "sendMessage") return isFrame(frame.to);
    if (action === "getMessages") return frame.conversation !== undefined;
    return action === "members" || action === "whoami";
  },

  parse: parseRequest,

  push(event: ChatEvent, recipient: Recipient): readonly Push[] {
    // the sender's own connection has the ack
    if (recipient.self) return [];
    if (event.type === "message") return [{ type: "message", ...event.message }];
    // who comes and goes is told per room; the lobby is everybody
    if (event.conversation === LOBBY) return [];
    return [{ type: "presence", conversation: event.conversation, event: event.event, user: event.user }];
  },

  ack: (ack) => ack,
  error: (error) => ({ ...error }),
};
