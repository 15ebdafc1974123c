// Our own protocol. A client says so at connect (`?dialect=native`), or is known by the frames no other system has.
import { LOBBY } from "../conversations.ts";
import type { Frame } from "../fields.ts";
import { isFrame } from "../fields.ts";
import type { Push } from "../messages.ts";
import { ACTIONS, parseRequest } from "../parse-request.ts";
import type { ChatEvent, CommandAck, Dialect, Recipient } from "./dialect.ts";

export const native: Dialect = {
  name: "native",
  actions: ACTIONS,

  recognises(frame: Frame): boolean {
    const action = frame.action;
    if (action === "sendMessage") return isFrame(frame.to);
    if (action === "getMessages") return frame.conversation !== undefined || frame.with !== undefined;
    return NATIVE_ONLY.has(action);
  },

  parse: parseRequest,

  push(event: ChatEvent, recipient: Recipient): readonly Push[] {
    // the sender's own connection has the ack
    if (recipient.self) return [];
    if (event.type === "entry") return [event.entry];
    if (event.type === "signals") return together(event);
    if (event.type !== "presence") return recipient.own ? [] : [event];
    // who comes and goes is told per room; the lobby is everybody
    if (event.conversation === LOBBY) return [];
    const { type, conversation, user } = event;
    return [{ type, conversation, event: event.event, user }];
  },

  ack({ reached: _, ...ack }: CommandAck & { reached?: number }) {
    return ack;
  },

  error: (error) => ({ ...error }),
};

/** One that is alone goes as it always did. */
function together(event: Extract<ChatEvent, { type: "signals" }>): readonly Push[] {
  const signals = event.signals.filter(({ type }) => type !== "presence" || event.conversation !== LOBBY);
  const [first, ...more] = signals;
  if (!first) return [];
  return more.length === 0 && event.others === undefined ? [first] : [{ ...event, signals }];
}

const NATIVE_ONLY: ReadonlySet<unknown> = new Set([
  "members",
  "whoami",
  "resume",
  "conversations",
  "typing",
  "receipt",
  "editMessage",
  "deleteMessage",
]);
