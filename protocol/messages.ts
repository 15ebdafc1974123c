// The types of the frames of definitions.ts, as they stand on the wire: one JSON object per WebSocket text frame.
import type { ACKS, DELETION, EDIT, ENTRY, MESSAGE, PERSON, PUSHES, REQUESTS, SIGNAL, TARGET } from "./definitions.ts";
import type { ErrorCode } from "./errors.ts";
import type { ObjectShape, Value } from "./shape.ts";

export type Person = Value<typeof PERSON>;
export type Target = Value<typeof TARGET>;
export type Message = Value<typeof MESSAGE>;
export type Edit = Value<typeof EDIT>;
export type Deletion = Value<typeof DELETION>;
/** One numbered entry of a conversation. */
export type Entry = Value<typeof ENTRY>;

/** Presence, typing or a receipt. */
export type Signal = Value<typeof SIGNAL>;

export type Action = keyof typeof REQUESTS;

/** What a client may ask. Each may carry a `requestId`, which its one answer repeats. */
export type Request = { [A in Action]: { readonly action: A } & Value<ObjectShape<(typeof REQUESTS)[A]>> }[Action];

/** What each request's ack carries besides `type`, `action` and `requestId`. */
export type AckFields = { [A in Action]: Value<ObjectShape<(typeof ACKS)[A]>> };

/** The one answer to a request that was done. */
export type Ack<A extends Action = Action> = {
  [K in A]: { readonly type: "ack"; readonly action: K; readonly requestId?: string } & AckFields[K];
}[A];

/** The one answer to a request that was refused or failed. */
export interface ErrorFrame {
  readonly type: "error";
  readonly code: ErrorCode;
  /** For people: what was wrong and what would be right. */
  readonly message: string;
  /** True when the same request may succeed later. */
  readonly retryable: boolean;
  readonly action?: string;
  readonly requestId?: string;
}

/** Sent without being asked for. */
export type Push = { [P in keyof typeof PUSHES]: Value<(typeof PUSHES)[P]> }[keyof typeof PUSHES];

export type ServerFrame = Ack | ErrorFrame | Push;
