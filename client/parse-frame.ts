// One text frame of the server, read once: what is handed on has the shape that its type says.
import { ACKS, PUSHES } from "#protocol/definitions.ts";
import type { ServerFrame } from "#protocol/messages.ts";
import { type Fields, flag, optional, text } from "#protocol/shape.ts";
import { misfitIn } from "./misfit.ts";

/**
 * API Gateway's own error, e.g. `{"message": "Internal server error", "connectionId":"…", "requestId":"…"}`. It has no `type`, and
 * its requestId is API Gateway's, not the one the request carried (aws facts §3.2).
 */
export interface GatewayFrame {
  readonly type: "gateway";
  readonly message: string;
}

/** A type we know, and not what it must carry. */
export interface UnreadableFrame {
  readonly type: "unreadable";
  readonly message: string;
  /** The request it was to answer. */
  readonly requestId?: string;
}

type JsonObject = Readonly<Record<string, unknown>>;

const words = text(Number.POSITIVE_INFINITY);
const ERROR: Fields = { code: words, message: words, retryable: optional(flag), requestId: optional(words) };
const ACK: Fields = { action: words, requestId: optional(words) };

/** Undefined for what this version of the client does not know: a newer server may say more. */
export function parseFrame(text: unknown): ServerFrame | GatewayFrame | UnreadableFrame | undefined {
  const frame = typeof text === "string" ? parseObject(text) : undefined;
  if (frame === undefined) return undefined;
  const { type, message } = frame;
  if (type === undefined) return typeof message === "string" ? { type: "gateway", message } : undefined;
  const fields = fieldsOf(frame);
  if (fields === undefined) return undefined;
  const place = misfitIn(fields, frame);
  return place === undefined ? (frame as unknown as ServerFrame) : unreadable(frame, place);
}

function fieldsOf({ type, action }: JsonObject): Fields | undefined {
  if (type === "error") return ERROR;
  if (type === "ack") return { ...ACK, ...ownOf<Fields>(ACKS, action) };
  return ownOf<{ readonly fields: Fields }>(PUSHES, type)?.fields;
}

/** Nothing that objects have by themselves: a frame may be of type `constructor`. */
function ownOf<Of>(known: Readonly<Record<string, Of>>, name: unknown): Of | undefined {
  return typeof name === "string" && Object.hasOwn(known, name) ? known[name] : undefined;
}

/** Of what it says only the type is repeated, which we know. */
function unreadable({ type, requestId }: JsonObject, place: string): UnreadableFrame {
  return {
    type: "unreadable",
    message: `The server sent a frame of type "${type}" that cannot be read: "${place}" is missing, or is not what it must be.`,
    ...(typeof requestId === "string" && { requestId }),
  };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
