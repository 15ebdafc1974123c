// The closed list of error codes. Adding one is a protocol change: docs/protocol.md lists the same, held by a test.

/** Each code: what it means, and whether the same request may succeed later. */
export const ERRORS = {
  invalid_json: { retryable: false, meaning: "The frame is not JSON, or not a JSON object." },
  invalid_request: { retryable: false, meaning: "A field is missing, of the wrong type, or outside its limits." },
  unknown_action: { retryable: false, meaning: "There is no such action." },
  message_too_large: { retryable: false, meaning: "The content is longer than a message may be." },
  not_a_member: {
    retryable: false,
    meaning: "Only who takes part in the conversation may do this; a room is joined first.",
  },
  not_allowed: { retryable: false, meaning: "The rules of this deployment do not let the user do it." },
  unauthenticated: {
    retryable: false,
    meaning: "The token is not valid, or no longer: get a new one and connect with it.",
  },
  not_yours: { retryable: false, meaning: "Only who sent a message may change it." },
  not_found: { retryable: false, meaning: "There is no such connection, name, conversation or message." },
  too_many_rooms: { retryable: false, meaning: "The connection is in as many rooms as it may be: leave one first." },
  rate_limited: { retryable: true, meaning: "Too much at once: wait a moment." },
  not_connected: { retryable: true, meaning: "The connection is not registered (any more): connect again." },
  unavailable: { retryable: true, meaning: "A service behind the API is throttled or down: try again." },
  internal: { retryable: true, meaning: "A defect on our side; it is logged with the request id." },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal that reaches the client as an error frame. Anything else thrown becomes `internal`, its cause logged. */
export class ChatError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ChatError";
    this.code = code;
  }
}
