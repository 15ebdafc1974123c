// A native frame → a typed Request.
import { checkedFields } from "./check-shape.ts";
import { REQUESTS } from "./definitions.ts";
import { ChatError } from "./errors.ts";
import { type Frame, refusal } from "./fields.ts";
import type { Action, Request } from "./messages.ts";

export const ACTIONS = Object.keys(REQUESTS) as readonly Action[];

/** @throws ChatError `unknown_action`, `invalid_request` or `message_too_large` */
export function parseRequest(frame: Frame): Request {
  const { action } = frame;
  if (typeof action !== "string") throw refusal("action", action, `one of ${ACTIONS.join(", ")}`);
  if (!isAction(action)) throw unknownAction(action);
  const request = { action, ...checkedFields(REQUESTS[action], frame) } as Request;
  if (request.action === "getMessages" && (request.conversation === undefined) === (request.with === undefined)) {
    throw refusal("conversation", frame.conversation, `given, or else "with" – and not both`);
  }
  return request;
}

export function unknownAction(action: string): ChatError {
  return new ChatError(
    "unknown_action",
    `There is no action ${JSON.stringify(action.slice(0, 60))}; the actions are ${ACTIONS.join(", ")}.`,
  );
}

export function isAction(action: string): action is Action {
  return Object.hasOwn(REQUESTS, action);
}
