// What a dialect is: how one of the replaced systems' clients says our requests, and how our answers and pushes look to it.
import type { Frame } from "../fields.ts";
import type { Ack, Entry, ErrorFrame, Person, Push, Request, Target } from "../messages.ts";

export const DIALECT_NAMES = ["native", "walkthrough", "rooms", "names", "message-ai", "typescript-chat"] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

/** What is told to an audience, before it takes a dialect's shape. */
export type ChatEvent =
  | { readonly type: "entry"; readonly entry: Entry; readonly direct: boolean }
  | (Extract<Push, { type: "presence" }> & {
      /** Everybody in the conversation after the event, a person once. */
      readonly members: readonly Person[];
    })
  | Extract<Push, { type: "typing" | "receipt" }>
  /** What gathered in a conversation with many members; who they all are is not known. */
  | Extract<Push, { type: "signals" }>;

/** Beyond the native targets: a group that the sender names with all its users. */
export type SendTarget = Target | { readonly group: string; readonly users: readonly string[] };

export interface SendCommand {
  readonly action: "sendMessage";
  readonly to: SendTarget;
  readonly content: string;
  readonly id?: string;
  readonly extra?: Readonly<Record<string, unknown>>;
  /** What its sender calls the conversation, where recipients file the message under that. */
  readonly thread?: string;
}

/** What a frame asks for: our requests, and what only a replaced system has. */
export type Command =
  | Exclude<Request, { action: "sendMessage" }>
  | SendCommand
  /** Everything the caller missed, pushed one by one. */
  | { readonly action: "catchUp" };

/** An ack with what only the server knows. */
export type CommandAck =
  | (Ack & {
      /** Of sendMessage: how many other users got it at once. */
      readonly reached?: number;
    })
  | { readonly type: "ack"; readonly action: "catchUp"; readonly requestId?: string; readonly count: number };

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
  /** What its clients call what they ask, in frames of its own. What is not named here is not read as this dialect. */
  readonly actions: readonly string[] | "any";
  /** True for the frames that only this system's clients send; at most one dialect recognises a frame. */
  recognises(frame: Frame): boolean;
  /**
   * @param text the frame as it came
   * @throws ChatError when the frame is one of ours but a field is wrong
   */
  parse(frame: Frame, text: string): Command;
  /** The frames that show the event, in order; none when these clients have no such thing. */
  push(event: ChatEvent, recipient: Recipient): readonly OutFrame[];
  /** undefined: these clients make this request and expect no answer. What only others ask for is answered as natively. */
  ack(ack: CommandAck, command: Command): OutFrame | undefined;
  error(error: ErrorFrame): OutFrame;
}
