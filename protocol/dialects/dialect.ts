// What a dialect is: how one of the replaced systems' clients says our requests, and how our answers and pushes look to it.
import type { Frame } from "../fields.ts";
import type { Ack, ErrorFrame, Message, Person, Request } from "../messages.ts";

export const DIALECT_NAMES = ["native", "walkthrough", "rooms", "names", "typescript-chat"] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

/** What is told to an audience, before it takes a dialect's shape. */
export type ChatEvent =
  | { readonly type: "message"; readonly message: Message; readonly direct: boolean }
  | {
      readonly type: "presence";
      readonly conversation: string;
      readonly event: "join" | "leave" | "rename";
      readonly user: Person;
      /** Everybody in the conversation after the event, a person once. */
      readonly members: readonly Person[];
    };

/** What decides, beside its dialect, whether and how an event is shown to a connection. */
export interface Recipient {
  /** It is the connection that caused the event. */
  readonly self: boolean;
  /** It belongs to the user who caused the event. */
  readonly own: boolean;
  readonly named: boolean;
}

/** An object that becomes one text frame. */
export type OutFrame = object;

export interface Dialect {
  readonly name: DialectName;
  /** True for the frames that only this system's clients send; at most one dialect recognises a frame. */
  recognises(frame: Frame): boolean;
  /** @throws ChatError when the frame is one of ours but a field is wrong */
  parse(frame: Frame): Request;
  /** The frames that show the event, in order; none when these clients have no such thing. */
  push(event: ChatEvent, recipient: Recipient): readonly OutFrame[];
  /** undefined: these clients expect no answer to this request. */
  ack(ack: Ack): OutFrame | undefined;
  error(error: ErrorFrame): OutFrame;
}
