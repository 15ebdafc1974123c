// Every frame of the native protocol, as it stands on the wire: one JSON object per WebSocket text frame. docs/protocol.md is the prose.
import type { ErrorCode } from "#protocol/errors.ts";

/** Who sent something: `id` is the user's (or, for a client that named none, its connection id), `name` what setName chose. */
export interface Person {
  readonly id: string;
  readonly name?: string;
}

/** Where a message goes. `room` by its name, `user` and `connection` by id, `name` as chosen with setName; `everyone` is the lobby, in which each connection is. */
export type Target =
  | { readonly room: string }
  | { readonly user: string }
  | { readonly name: string }
  | { readonly connection: string }
  | { readonly everyone: true };

/** What a client may ask. Each may carry a `requestId` (≤ 128 characters) that its one answer repeats. */
export type Request =
  | { readonly action: "setName"; readonly name: string }
  | { readonly action: "joinRoom"; readonly room: string }
  | { readonly action: "leaveRoom"; readonly room: string }
  | {
      readonly action: "sendMessage";
      readonly to: Target;
      readonly content: string;
      /** Chosen by the client, unique per user: the same id again is answered with the first ack and stored once. */
      readonly id?: string;
    }
  | {
      readonly action: "getMessages";
      /** One of the two: a conversation's name, or the user with whom the direct conversation is. */
      readonly conversation?: string;
      readonly with?: string;
      /** 1 to 100, 50 when left out. */
      readonly limit?: number;
      /** Only messages with a smaller seq (older ones), newest of them first chosen. */
      readonly before?: number;
      /** Only messages with a greater seq (newer ones), oldest of them first chosen. */
      readonly after?: number;
    }
  | { readonly action: "members"; readonly room: string }
  | { readonly action: "whoami" }
  | { readonly action: "ping" };

export type Action = Request["action"];

/** One stored message of a conversation, in the shape in which it is pushed and listed. */
export interface Message {
  /** `room:<name>`, `direct:<user>#<user>` (ids sorted) or `lobby`. */
  readonly conversation: string;
  /** Strictly increasing within the conversation, from 1. */
  readonly seq: number;
  readonly id: string;
  readonly sender: Person;
  readonly content: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly sentAt: string;
}

/** What each request's ack carries besides `type`, `action` and `requestId`. */
export interface AckFields {
  readonly setName: { readonly name: string };
  readonly joinRoom: { readonly conversation: string; readonly seq: number; readonly members: readonly Person[] };
  readonly leaveRoom: { readonly conversation: string };
  readonly sendMessage: {
    readonly conversation: string;
    readonly seq: number;
    readonly id: string;
    readonly sentAt: string;
  };
  readonly getMessages: {
    readonly conversation: string;
    /** Oldest first. */
    readonly messages: readonly Message[];
    /** The conversation's last seq, 0 when it has none. */
    readonly seq: number;
    /** True when more messages lie beyond the asked end. */
    readonly more: boolean;
  };
  readonly members: { readonly conversation: string; readonly seq: number; readonly members: readonly Person[] };
  readonly whoami: { readonly connectionId: string; readonly user: Person };
  readonly ping: { readonly at: string };
}

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
export type Push =
  | ({ readonly type: "message" } & Message)
  | {
      readonly type: "presence";
      readonly conversation: string;
      readonly event: "join" | "leave" | "rename";
      readonly user: Person;
    };

export type ServerFrame = Ack | ErrorFrame | Push;
