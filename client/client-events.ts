// What a client tells its app unasked.
import type { Ack, Deletion, Edit, Message, Push } from "#protocol/messages.ts";
import type { ConnectionState } from "./connection.ts";
import type { ConversationGap } from "./conversations.ts";
import type { RequestError } from "./request-error.ts";

export type PushOf<Type extends Push["type"]> = Extract<Push, { readonly type: Type }>;

export interface ClientEvents {
  /** The connection is being made, usable, or lost (and why). */
  readonly state: ConnectionState;
  /**
   * `message`, `edit` and `deletion` are the entries of a conversation. They come in the order of their seq whatever their kind, each
   * once, our own included, and none is left out but what a `gap` names in its place. A room that was left and is joined again begins
   * anew.
   */
  readonly message: Message;
  readonly edit: Edit;
  readonly deletion: Deletion;
  readonly gap: ConversationGap;
  readonly presence: PushOf<"presence">;
  /** Somebody else is typing. It is said again while it lasts, and never that it has ended. */
  readonly typing: PushOf<"typing">;
  /** Somebody else has received or read a conversation as far as `seq`. */
  readonly receipt: PushOf<"receipt">;
  /** In a conversation with many members: how many more came or went, type, and have got or read something than we were told by name. */
  readonly others: { readonly conversation: string } & NonNullable<PushOf<"signals">["others"]>;
  /** A room was entered: because we asked, or again after a reconnect. The answer says who is in it. */
  readonly joined: Ack<"joinRoom"> & { readonly room: string };
  /** On each connection: the rooms joined and the direct conversations of this user, and how far each has come. */
  readonly conversations: Ack<"conversations">["conversations"];
  /** Something failed that no request of the app will report. */
  readonly problem: RequestError;
}
