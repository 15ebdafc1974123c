// A native frame → a typed Request. docs/protocol.md says the same in prose.
import { ChatError } from "./errors.ts";
import { contentText, type Frame, isFrame, refusal, shortText, wholeNumber } from "./fields.ts";
import { LIMITS } from "./limits.ts";
import type { Action, Request, Target } from "./messages.ts";

const PARSERS: { readonly [A in Action]: (frame: Frame) => Extract<Request, { action: A }> } = {
  setName: (frame) => ({ action: "setName", name: shortText(frame, "name", LIMITS.nameCharacters) }),
  joinRoom: (frame) => ({ action: "joinRoom", room: roomName(frame) }),
  leaveRoom: (frame) => ({ action: "leaveRoom", room: roomName(frame) }),
  sendMessage: (frame) => ({
    action: "sendMessage",
    to: target(frame.to),
    content: contentText(frame, "content"),
    ...(frame.id === undefined ? {} : { id: shortText(frame, "id", LIMITS.idCharacters) }),
  }),
  getMessages: (frame) => ({
    action: "getMessages",
    ...whose(frame),
    limit: wholeNumber(frame, "limit", {
      least: 1,
      most: LIMITS.pageOfMessages.most,
      otherwise: LIMITS.pageOfMessages.default,
    }),
    ...bound(frame, "before"),
    ...bound(frame, "after"),
  }),
  members: (frame) => ({ action: "members", room: roomName(frame) }),
  whoami: () => ({ action: "whoami" }),
  ping: () => ({ action: "ping" }),
};

export const ACTIONS = Object.keys(PARSERS) as readonly Action[];

/** @throws ChatError `unknown_action`, `invalid_request` or `message_too_large` */
export function parseRequest(frame: Frame): Request {
  const action = frame.action;
  if (typeof action !== "string") throw refusal("action", action, `one of ${ACTIONS.join(", ")}`);
  if (!isAction(action)) throw unknownAction(action);
  return PARSERS[action](frame);
}

export function unknownAction(action: string): ChatError {
  return new ChatError(
    "unknown_action",
    `There is no action ${JSON.stringify(action.slice(0, 60))}; the actions are ${ACTIONS.join(", ")}.`,
  );
}

export function roomName(frame: Frame): string {
  return shortText(frame, "room", LIMITS.roomCharacters);
}

export function isAction(action: string): action is Action {
  return Object.hasOwn(PARSERS, action);
}

const TARGETS = `one of {"room": name}, {"user": id}, {"name": name}, {"connection": id}, {"everyone": true}`;

function target(value: unknown): Target {
  if (!isFrame(value)) throw refusal("to", value, TARGETS);
  const keys = Object.keys(value);
  if (keys.length !== 1) throw refusal("to", value, TARGETS);
  if (value.everyone === true) return { everyone: true };
  if ("room" in value) return { room: roomName(value) };
  if ("user" in value) return { user: shortText(value, "user", LIMITS.userIdCharacters) };
  if ("name" in value) return { name: shortText(value, "name", LIMITS.nameCharacters) };
  if ("connection" in value) return { connection: shortText(value, "connection", LIMITS.idCharacters) };
  throw refusal("to", value, TARGETS);
}

function whose(frame: Frame): { readonly conversation: string } | { readonly with: string } {
  if (frame.with !== undefined) return { with: shortText(frame, "with", LIMITS.userIdCharacters) };
  return { conversation: shortText(frame, "conversation", LIMITS.conversationCharacters) };
}

function bound<F extends "before" | "after">(frame: Frame, field: F): { readonly [K in F]?: number } {
  if (frame[field] === undefined) return {};
  const value = wholeNumber(frame, field, { least: 0, most: Number.MAX_SAFE_INTEGER, otherwise: 0 });
  return { [field]: value } as { readonly [K in F]?: number };
}
