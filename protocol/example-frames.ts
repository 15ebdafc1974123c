// For every push some frames, and for every error code a request that earns it. For documents and tests, part of no bundle.
import type { PUSHES } from "./definitions.ts";
import { ERRORS, type ErrorCode } from "./errors.ts";
import type { Frame } from "./fields.ts";
import { LIMITS } from "./limits.ts";
import type { ErrorFrame, Person } from "./messages.ts";
import type { Value } from "./shape.ts";

interface PushExample<P> {
  readonly about: string;
  readonly frame: P;
}

type PushExamples<P> = readonly [PushExample<P>, ...PushExample<P>[]];

export interface Refused<C extends ErrorCode> {
  readonly about: string;
  /** A text where the frame is no JSON object. */
  readonly request: object | string;
  readonly error: ErrorFrame & { readonly code: C };
}

export const ann: Person = { id: "ann", name: "Ann" };
export const bob: Person = { id: "bob", name: "Bob" };
export const general = "room:general";
export const annAndBob = "direct:ann#bob";
export const sentAt = "2026-11-20T10:00:00.000Z";

export const PUSH_EXAMPLES: { readonly [P in keyof typeof PUSHES]: PushExamples<Value<(typeof PUSHES)[P]>> } = {
  message: [
    {
      about: "In a room.",
      frame: { type: "message", conversation: general, seq: 12, id: "8f1c2a", sender: ann, sentAt, content: "Hello!" },
    },
    {
      about: "Direct, from a user who has neither an id of their own nor a name.",
      frame: {
        type: "message",
        conversation: "direct:XDmENcnwIE0CFEQ%3D#ann",
        seq: 1,
        id: "0d9a1b52-6f0e-4a57-9d2e-3a1f6f6f6c11",
        sender: { id: "XDmENcnwIE0CFEQ=" },
        sentAt,
        content: "Is anybody there?",
      },
    },
  ],
  edit: [
    {
      about: "Message 12 reads otherwise now.",
      frame: {
        type: "edit",
        conversation: general,
        seq: 13,
        id: "77e0b1",
        sender: ann,
        sentAt: "2026-11-20T10:00:20.000Z",
        of: 12,
        content: "Hello, all!",
      },
    },
  ],
  deletion: [
    {
      about: "Message 12 is taken back.",
      frame: {
        type: "deletion",
        conversation: general,
        seq: 14,
        id: "c9d4f3",
        sender: ann,
        sentAt: "2026-11-20T10:01:00.000Z",
        of: 12,
      },
    },
  ],
  entries: [
    {
      about: "Two messages that came within a moment.",
      frame: {
        type: "entries",
        conversation: general,
        entries: [
          { type: "message", conversation: general, seq: 15, id: "5d1e07", sender: ann, sentAt, content: "Now!" },
          { type: "message", conversation: general, seq: 16, id: "b2604c", sender: bob, sentAt, content: "Hooray!" },
        ],
      },
    },
  ],
  signals: [
    {
      about: "Bob has come, and he and 41 others are writing.",
      frame: {
        type: "signals",
        conversation: general,
        signals: [
          { type: "presence", conversation: general, event: "join", user: bob },
          { type: "typing", conversation: general, user: bob },
        ],
        others: { typing: 41 },
      },
    },
  ],
  presence: [
    {
      about: "Bob's first connection has come in.",
      frame: { type: "presence", conversation: general, event: "join", user: bob },
    },
    {
      about: "Who was Ann is Anna.",
      frame: { type: "presence", conversation: general, event: "rename", user: { id: "ann", name: "Anna" } },
    },
  ],
  typing: [{ about: "Ann is writing to Bob.", frame: { type: "typing", conversation: annAndBob, user: ann } }],
  receipt: [
    {
      about: "Bob has read 12 and all before it.",
      frame: { type: "receipt", conversation: general, seq: 12, kind: "read", user: bob },
    },
  ],
};

/** A request and the error that answers it, which repeats the action and the requestId, if it is one. */
export function refused<C extends ErrorCode>(
  code: C,
  about: string,
  request: (Frame & { readonly action: string }) | string,
  message: string,
): Refused<C> {
  const { action, requestId }: { action?: string; requestId?: unknown } = typeof request === "string" ? {} : request;
  const error = {
    type: "error",
    code,
    message,
    retryable: ERRORS[code].retryable,
    ...(action === undefined ? {} : { action }),
    ...(typeof requestId === "string" && requestId !== "" ? { requestId } : {}),
  } as const;
  return { about, request, error };
}

const hello = { action: "sendMessage", requestId: "r1", to: { room: "general" }, content: "Hello!" };

export const REFUSALS: { readonly [C in ErrorCode]: Refused<C> } = {
  invalid_json: refused(
    "invalid_json",
    "A brace is missing, so nothing in the frame can be relied on, its requestId neither.",
    '{"action":"ping","requestId":"r1"',
    "The frame is not JSON.",
  ),
  invalid_request: refused(
    "invalid_request",
    "A field is not what it must be.",
    { ...hello, content: "" },
    '"content" is ""; it must be a text that is not empty.',
  ),
  unknown_action: refused(
    "unknown_action",
    "A newer client, or a mistake.",
    { action: "fly", requestId: "r1" },
    'There is no action "fly"; the actions are setName, joinRoom, leaveRoom, members, sendMessage, editMessage, ' +
      "deleteMessage, getMessages, resume, conversations, typing, receipt, refresh, whoami, ping.",
  ),
  message_too_large: refused(
    "message_too_large",
    "One byte too many.",
    { ...hello, content: "x".repeat(LIMITS.contentBytes + 1) },
    "The content is 31745 bytes long as it is written in a frame; at most 31744 are allowed.",
  ),
  not_a_member: refused(
    "not_a_member",
    "The room was not joined.",
    hello,
    'This connection is not in the room "general"; join it first.',
  ),
  not_allowed: refused(
    "not_allowed",
    "The room is for its members, and the token says nothing of it.",
    { action: "joinRoom", requestId: "r1", room: "team-red" },
    'The room "team-red" is for its members only.',
  ),
  unauthenticated: refused(
    "unauthenticated",
    "The token has expired and was not refreshed. The connection is closed after this.",
    hello,
    "The identity of this connection has expired; connect with a new token.",
  ),
  not_yours: refused(
    "not_yours",
    "Bob changes what Ann has sent.",
    { action: "editMessage", requestId: "r1", conversation: general, of: 12, content: "Goodbye!" },
    "Only who sent a message may change it or take it back.",
  ),
  not_found: refused(
    "not_found",
    "Nobody has that name.",
    { ...hello, to: { name: "Zoe" } },
    'Nobody here is named "Zoe".',
  ),
  too_many_rooms: refused(
    "too_many_rooms",
    "The connection has joined as many rooms as it may.",
    { action: "joinRoom", requestId: "r1", room: "one-more" },
    `A connection may be in ${LIMITS.roomsPerConnection} rooms; leave one first.`,
  ),
  rate_limited: refused(
    "rate_limited",
    "More than one may send at once.",
    hello,
    "That is too much at once: a connection may have 50 a second. Wait a moment.",
  ),
  not_connected: refused(
    "not_connected",
    "The connection has outlived its registration: connect again, and resume.",
    hello,
    "This connection is not registered any more; connect again.",
  ),
  unavailable: refused(
    "unavailable",
    "A service behind is throttled: the same again, with the same id.",
    { ...hello, id: "8f1c2a" },
    "The service is busy; try again in a moment.",
  ),
  internal: refused("internal", "A defect of ours.", hello, "Something went wrong on our side."),
};
