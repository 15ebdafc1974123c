// For every request one exchange that goes well and one that does not, as they stand on the wire. For documents and tests, part of
// no bundle.
import { cursorTo } from "./cursor.ts";
import type { ErrorCode } from "./errors.ts";
import { ann, annAndBob, bob, general, PUSH_EXAMPLES, type Refused, refused, sentAt } from "./example-frames.ts";
import type { Ack, Action, Entry, Push, Request } from "./messages.ts";

export interface Done<A extends Action> {
  readonly about: string;
  readonly request: Extract<Request, { readonly action: A }> & { readonly requestId?: string };
  readonly ack: Ack<A>;
  /** What the others are told. */
  readonly pushes?: readonly Push[];
}

export interface Exchanges<A extends Action> {
  readonly done: Done<A>;
  readonly refused: Refused<ErrorCode>;
}

const hello = PUSH_EXAMPLES.message[0].frame;
const edit = PUSH_EXAMPLES.edit[0].frame;
const deletion = PUSH_EXAMPLES.deletion[0].frame;

const ONE_TARGET = 'it must be an object with one of "room", "user", "name", "connection", "everyone".';

/** What the sender of an entry is told of it. */
function stored({ conversation, seq, id, sentAt }: Entry) {
  return { conversation, seq, id, sentAt };
}

export const EXCHANGES: { readonly [A in Action]: Exchanges<A> } = {
  setName: {
    done: {
      about: "Ann says what she is called, and the room she is in is told.",
      request: { action: "setName", requestId: "r1", name: "Ann" },
      ack: { type: "ack", action: "setName", requestId: "r1", name: "Ann" },
      pushes: [{ type: "presence", conversation: general, event: "rename", user: ann }],
    },
    refused: refused(
      "invalid_request",
      "A name is one line.",
      { action: "setName", requestId: "r1", name: "Ann\n(admin)" },
      '"name" is "Ann\\n(admin)"; it must be a string without control characters.',
    ),
  },
  joinRoom: {
    done: {
      about: "Bob joins; Ann is there already, and is told.",
      request: { action: "joinRoom", requestId: "r1", room: "general" },
      ack: { type: "ack", action: "joinRoom", requestId: "r1", conversation: general, seq: 11, members: [ann, bob] },
      pushes: [{ type: "presence", conversation: general, event: "join", user: bob }],
    },
    refused: refused(
      "invalid_request",
      "A room's name is a text.",
      { action: "joinRoom", requestId: "r1", room: 5 },
      '"room" is 5; it must be a string of 1 to 128 characters.',
    ),
  },
  leaveRoom: {
    done: {
      about: "Bob's last connection leaves.",
      request: { action: "leaveRoom", requestId: "r1", room: "general" },
      ack: { type: "ack", action: "leaveRoom", requestId: "r1", conversation: general },
      pushes: [{ type: "presence", conversation: general, event: "leave", user: bob }],
    },
    refused: refused(
      "invalid_request",
      "The room is not named.",
      { action: "leaveRoom", requestId: "r1" },
      '"room" is missing; it must be a string of 1 to 128 characters.',
    ),
  },
  members: {
    done: {
      about: "Who is here?",
      request: { action: "members", requestId: "r1", room: "general" },
      ack: { type: "ack", action: "members", requestId: "r1", conversation: general, seq: 12, members: [ann, bob] },
    },
    refused: refused(
      "not_a_member",
      "Only who is in a room sees who else is.",
      { action: "members", requestId: "r1", room: "board" },
      'This connection is not in the room "board"; join it first.',
    ),
  },
  sendMessage: {
    done: {
      about: "Ann says hello; everybody else in the room gets it.",
      request: { action: "sendMessage", requestId: "r1", to: { room: "general" }, content: "Hello!", id: "8f1c2a" },
      ack: { type: "ack", action: "sendMessage", requestId: "r1", ...stored(hello) },
      pushes: [hello],
    },
    refused: refused(
      "invalid_request",
      "Exactly one target.",
      { action: "sendMessage", requestId: "r1", to: { room: "general", user: "bob" }, content: "Hello!" },
      `"to" is {"room":"general","user":"bob"}; ${ONE_TARGET}`,
    ),
  },
  editMessage: {
    done: {
      about: "Ann changes her message, which the others see as an entry of its own.",
      request: {
        action: "editMessage",
        requestId: "r1",
        conversation: general,
        of: 12,
        content: "Hello, all!",
        id: "77e0b1",
      },
      ack: { type: "ack", action: "editMessage", requestId: "r1", ...stored(edit) },
      pushes: [edit],
    },
    refused: refused(
      "invalid_request",
      "Entries are counted from 1.",
      { action: "editMessage", requestId: "r1", conversation: general, of: 0, content: "Hello, all!" },
      '"of" is 0; it must be a whole number from 1 on.',
    ),
  },
  deleteMessage: {
    done: {
      about: "Ann takes her message back.",
      request: { action: "deleteMessage", requestId: "r1", conversation: general, of: 12, id: "c9d4f3" },
      ack: { type: "ack", action: "deleteMessage", requestId: "r1", ...stored(deletion) },
      pushes: [deletion],
    },
    refused: refused(
      "invalid_request",
      "`of` is a seq, not the message's id.",
      { action: "deleteMessage", requestId: "r1", conversation: general, of: "8f1c2a" },
      '"of" is "8f1c2a"; it must be a whole number from 1 on.',
    ),
  },
  getMessages: {
    done: {
      about: "The newest two entries; there are older ones.",
      request: { action: "getMessages", requestId: "r1", conversation: general, limit: 2 },
      ack: {
        type: "ack",
        action: "getMessages",
        requestId: "r1",
        conversation: general,
        seq: 13,
        entries: [{ ...hello, content: edit.content, editedAt: edit.sentAt }, edit],
        older: cursorTo({ before: 12 }),
      },
    },
    refused: refused(
      "invalid_request",
      "One conversation, named one way.",
      { action: "getMessages", requestId: "r1", conversation: annAndBob, with: "bob" },
      '"conversation" is "direct:ann#bob"; it must be given, or else "with" – and not both.',
    ),
  },
  resume: {
    done: {
      about: "The room has gone on; of the other conversation, retention has taken a part that was missed.",
      request: {
        action: "resume",
        requestId: "r1",
        conversations: [
          { conversation: general, after: 11 },
          { conversation: annAndBob, after: 3 },
        ],
      },
      ack: {
        type: "ack",
        action: "resume",
        requestId: "r1",
        conversations: [
          { conversation: general, seq: 12, entries: [hello], recovered: true, more: false },
          { conversation: annAndBob, seq: 8, entries: [], recovered: false, more: false },
        ],
      },
    },
    refused: refused(
      "not_a_member",
      "One conversation that may not be read refuses the whole request.",
      { action: "resume", requestId: "r1", conversations: [{ conversation: "room:board", after: 4 }] },
      'This connection is not in the room "board"; join it first.',
    ),
  },
  conversations: {
    done: {
      about: "A direct conversation, perhaps begun while Ann was away; the lobby; the room she is in.",
      request: { action: "conversations", requestId: "r1" },
      ack: {
        type: "ack",
        action: "conversations",
        requestId: "r1",
        conversations: [
          { conversation: annAndBob, seq: 8 },
          { conversation: "lobby", seq: 0 },
          { conversation: general, seq: 12 },
        ],
        more: false,
      },
    },
    refused: refused(
      "not_connected",
      "The connection has outlived its registration.",
      { action: "conversations", requestId: "r1" },
      "This connection is not registered any more; connect again.",
    ),
  },
  typing: {
    done: {
      about: "Ann is writing to Bob.",
      request: { action: "typing", requestId: "r1", to: { user: "bob" } },
      ack: { type: "ack", action: "typing", requestId: "r1" },
      pushes: [{ type: "typing", conversation: annAndBob, user: ann }],
    },
    refused: refused(
      "invalid_request",
      "It must be said where.",
      { action: "typing", requestId: "r1" },
      `"to" is missing; ${ONE_TARGET}`,
    ),
  },
  receipt: {
    done: {
      about: "Bob has read everything up to 12.",
      request: { action: "receipt", requestId: "r1", conversation: general, seq: 12, kind: "read" },
      ack: { type: "ack", action: "receipt", requestId: "r1" },
      pushes: [{ type: "receipt", conversation: general, seq: 12, kind: "read", user: bob }],
    },
    refused: refused(
      "invalid_request",
      "There are two kinds.",
      { action: "receipt", requestId: "r1", conversation: general, seq: 12, kind: "seen" },
      '"kind" is "seen"; it must be one of "delivered", "read".',
    ),
  },
  refresh: {
    done: {
      about: "A little before the token expires that the connection was opened with.",
      request: { action: "refresh", requestId: "r1", token: "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl" },
      ack: { type: "ack", action: "refresh", requestId: "r1", expiresAt: sentAt, expiresInSeconds: 3600 },
    },
    refused: refused(
      "unauthenticated",
      "The connection keeps the identity that it has, until that expires.",
      { action: "refresh", requestId: "r1", token: "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl" },
      "The token is another user's: connect with it instead.",
    ),
  },
  whoami: {
    done: {
      about: "Of a client that named no user, both ids are the connection's.",
      request: { action: "whoami", requestId: "r1" },
      ack: { type: "ack", action: "whoami", requestId: "r1", connectionId: "XDmENcnwIE0CFEQ=", user: ann },
    },
    refused: refused(
      "invalid_request",
      "A requestId that cannot be is not repeated.",
      { action: "whoami", requestId: 1 },
      '"requestId" is 1; it must be a string of 1 to 128 characters.',
    ),
  },
  ping: {
    done: {
      about: "Every few minutes, when there is nothing else to say.",
      request: { action: "ping", requestId: "r1" },
      ack: { type: "ack", action: "ping", requestId: "r1", at: sentAt },
    },
    refused: refused(
      "invalid_request",
      "An empty requestId cannot be told from none.",
      { action: "ping", requestId: "" },
      '"requestId" is ""; it must be a string of 1 to 128 characters.',
    ),
  },
};
