// What every frame and every field of definitions.ts means, in a sentence: the words of docs/protocol.md and docs/asyncapi.yaml. The
// types demand one for each, so that nothing can be added without saying what it is. For documents and tests, part of no bundle.
import type {
  ACKS,
  DELETION,
  EDIT,
  ENTRY,
  MESSAGE,
  PERSON,
  PRESENCE,
  PUSHES,
  RECEIPT,
  REQUESTS,
  SIGNAL,
  TARGET,
  TYPING,
} from "./definitions.ts";
import { LIMITS } from "./limits.ts";
import type { Action } from "./messages.ts";
import type { ChoiceShape, Fields, ListShape, ObjectShape, Optional } from "./shape.ts";

/**
 * `?dialect=native` names the major number. A new minor number adds actions, fields or pushes that who does not know them can
 * ignore; a new major one would come under a dialect name of its own.
 */
export const VERSION = "1.0.0";

type Named = typeof PERSON | typeof TARGET | typeof ENTRY | typeof SIGNAL;

type Meaning<S> =
  S extends Optional<infer Of>
    ? Meaning<Of>
    : S extends ListShape<infer Of>
      ? Of extends Named
        ? string
        : Of extends ObjectShape<infer F>
          ? { readonly is: string; readonly each: Meanings<F> }
          : string
      : S extends Named
        ? string
        : S extends ObjectShape<infer F>
          ? { readonly is: string; readonly each: Meanings<F> }
          : string;

type Meanings<F> = { readonly [K in keyof F]: Meaning<F[K]> };

interface Documented<F> {
  readonly is: string;
  readonly each: Meanings<F>;
}

type DocumentedShape<S> =
  S extends ObjectShape<infer F extends Fields>
    ? Documented<F>
    : S extends ChoiceShape<infer F>
      ? Documented<F>
      : never;

const CONVERSATION = "The conversation's name: `room:‹room›`, `direct:‹user›#‹user›`, `group:‹group›` or `lobby`.";
const LAST_SEQ = "The seq of its last entry; 0 when it has none.";
const OWN_ID =
  "Chosen by the sender, so that the same request again stores nothing new; made by the server when missing.";
const SENT = {
  conversation: "Where it was stored.",
  seq: "Its place in the conversation.",
  id: "As given, or made by the server.",
  sentAt: "When it was stored first.",
};

export const REQUEST_WORDS: { readonly [A in Action]: Documented<(typeof REQUESTS)[A]> } = {
  setName: {
    is: "Gives the connection a name for its user to be shown and found by. The user's other connections keep theirs.",
    each: { name: "Need not be unique." },
  },
  joinRoom: {
    is: "Makes the connection a member of a room, which exists from its first member on. Joining again changes nothing.",
    each: { room: "The room's name." },
  },
  leaveRoom: {
    is: "Ends the connection's membership of a room. Leaving a room it is not in changes nothing.",
    each: { room: "The room's name." },
  },
  members: { is: "Asks who is in a room the connection has joined.", each: { room: "The room's name." } },
  sendMessage: {
    is: "Stores a message and pushes it to everybody else in its conversation.",
    each: { to: "Who is meant.", content: "The text.", id: OWN_ID },
  },
  editMessage: {
    is: "Gives a message of the caller's own another content, as a new entry of the conversation.",
    each: { conversation: CONVERSATION, of: "The seq of the message.", content: "The new text.", id: OWN_ID },
  },
  deleteMessage: {
    is: "Takes a message of the caller's own back, as a new entry of the conversation. Its seq stays taken.",
    each: { conversation: CONVERSATION, of: "The seq of the message.", id: OWN_ID },
  },
  getMessages: {
    is: "Reads a page of a conversation's history: the newest entries, or those a cursor leads to.",
    each: {
      conversation: `${CONVERSATION} Either this or \`with\`.`,
      with: "The other user of a direct conversation. Either this or `conversation`.",
      limit: `How many entries at most; ${LIMITS.pageOfMessages.default} when missing.`,
      cursor: "`older` or `newer` of an earlier answer, as it was given.",
    },
  },
  resume: {
    is: "Asks for all that was missed, after a lost connection: the entries after those the client has.",
    each: {
      conversations: {
        is: "What the client follows.",
        each: { conversation: CONVERSATION, after: "The last seq the client has; 0 for none." },
      },
    },
  },
  conversations: {
    is: "Asks which conversations are the caller's: what the connection has joined, the lobby, and the user's direct and group ones.",
    each: {},
  },
  typing: { is: "Tells the others that the caller is writing. Never stored.", each: { to: "Where." } },
  receipt: {
    is: "Says how far the caller has got or read a conversation, everything before included, and tells the others.",
    each: {
      conversation: CONVERSATION,
      seq: "The last entry that is meant.",
      kind: "`delivered`: a device has it; `read`: a person has seen it.",
    },
  },
  refresh: {
    is: "Renews the identity of the connection before it expires, where the deployment asks for tokens.",
    each: { token: "A new token of the same user." },
  },
  whoami: { is: "Asks who the server takes the caller for.", each: {} },
  ping: { is: "Keeps an idle connection open, and proves that it is.", each: {} },
};

export const ACK_WORDS: { readonly [A in Action]: Documented<(typeof ACKS)[A]> } = {
  setName: { is: "The name is set.", each: { name: "As set: without blanks around it." } },
  joinRoom: {
    is: "From here on, what is stored in the room is pushed to the connection.",
    each: { conversation: CONVERSATION, seq: LAST_SEQ, members: "Everybody in it, each user once; of very many some." },
  },
  leaveRoom: { is: "The connection is not in the room.", each: { conversation: CONVERSATION } },
  members: {
    is: "Who is in the room.",
    each: { conversation: CONVERSATION, seq: LAST_SEQ, members: "Everybody in it, each user once; of very many some." },
  },
  sendMessage: { is: "The message is stored.", each: SENT },
  editMessage: { is: "The edit is stored.", each: { ...SENT, seq: "The edit's own place in the conversation." } },
  deleteMessage: {
    is: "The deletion is stored.",
    each: { ...SENT, seq: "The deletion's own place in the conversation." },
  },
  getMessages: {
    is: "A page of history.",
    each: {
      conversation: CONVERSATION,
      seq: LAST_SEQ,
      entries: "Oldest first.",
      older: "There is more before the first: the cursor that leads there.",
      newer: "There is more after the last: the cursor that leads there.",
    },
  },
  resume: {
    is: "What was missed.",
    each: {
      conversations: {
        is: "One for each that was asked for.",
        each: {
          conversation: CONVERSATION,
          seq: LAST_SEQ,
          entries: "Those after `after`, oldest first; at most a page.",
          recovered: "False: something in between cannot be had any more, or the client was ahead of the server.",
          more: "True: there is more; resume again from the last of `entries`.",
        },
      },
    },
  },
  conversations: {
    is: "The caller's conversations.",
    each: {
      conversations: {
        is: "By name.",
        each: {
          conversation: CONVERSATION,
          seq: "The seq of its last entry, which may be a moment behind; 0 when it has none.",
        },
      },
      more: "True: there are more than one answer holds; these are the first by name.",
    },
  },
  typing: { is: "The others who are here were told.", each: {} },
  receipt: { is: "The receipt is noted, and told to the others if it was news.", each: {} },
  refresh: {
    is: "The token is good: the connection stays who it is.",
    each: {
      expiresAt: "Until when; the clock skew that the deployment allows is in it.",
      expiresInSeconds: "The same, for clients whose clock may be wrong.",
    },
  },
  whoami: {
    is: "Who the caller is.",
    each: {
      connectionId: "Of this connection, as API Gateway calls it.",
      user: "Whose connection it is.",
      expiresInSeconds: "How long it stays theirs, where the deployment asks for tokens.",
    },
  },
  ping: { is: "The server is there.", each: { at: "The server's time." } },
};

const ENTRY_WORDS = {
  conversation: CONVERSATION,
  seq: "Its place in the conversation.",
  id: "The sender's own, or made by the server.",
  sender: "Who sent it, under the name they had then.",
  sentAt: "When it was stored.",
};

const OTHERS = {
  is: "How many more there were, when they were too many to be named.",
  each: {
    presence: "Came, left or took another name.",
    typing: "Are writing.",
    receipt: "Have got or read something.",
  },
};

export const PUSH_WORDS: { readonly [P in keyof typeof PUSHES]: DocumentedShape<(typeof PUSHES)[P]> } = {
  message: {
    is: "Somebody sent a message.",
    each: {
      type: "What this is.",
      ...ENTRY_WORDS,
      content: "The text; the newest when it was edited, empty when it was taken back.",
      editedAt: "When it was last edited, if it was.",
      deletedAt: "When it was taken back, if it was.",
      extra: "What clients of a replaced system add for their own kind; others ignore it.",
    },
  },
  edit: {
    is: "A sender gave an earlier message another content.",
    each: {
      type: "What this is.",
      ...ENTRY_WORDS,
      of: "The seq of the message.",
      content: "Its new text; empty when it was taken back since.",
    },
  },
  deletion: {
    is: "A sender took an earlier message back.",
    each: { type: "What this is.", ...ENTRY_WORDS, of: "The seq of the message." },
  },
  entries: {
    is: "Several entries at once, in a busy conversation with many members. Each may be one that is there already.",
    each: {
      type: "What this is.",
      conversation: CONVERSATION,
      entries: "Oldest first, each as it would come alone.",
      signals: "What is told beside them, as in `signals`.",
      others: OTHERS,
    },
  },
  signals: {
    is: "Who came, left, types and has read, several at once, in a conversation with many members.",
    each: {
      type: "What this is.",
      conversation: CONVERSATION,
      signals:
        "The newest, oldest first, each as it would come alone – but the same for everybody, so that a client's own user may be among them.",
      others: OTHERS,
    },
  },
  presence: {
    is: "A user came into a room, left it or took another name with one of their connections.",
    each: {
      type: "What this is.",
      conversation: "The room's conversation.",
      event: "`join`: with the first connection; `leave`: with the last; `rename`: under the new name.",
      user: "Who.",
    },
  },
  typing: {
    is: "A user is writing. Said now and then; it is over when nothing is said for a while, or a message comes.",
    each: { type: "What this is.", conversation: CONVERSATION, user: "Who." },
  },
  receipt: {
    is: "A user's device has got, or the user has read, everything up to an entry.",
    each: {
      type: "What this is.",
      conversation: CONVERSATION,
      seq: "The last entry that is meant.",
      kind: "`delivered` or `read`.",
      user: "Who.",
    },
  },
};

/** The objects that stand in several frames. Entries and signals are pushes as well, and have their words there. */
export const OBJECT_WORDS: {
  readonly Person: DocumentedShape<typeof PERSON>;
  readonly Target: DocumentedShape<typeof TARGET>;
  readonly Message: DocumentedShape<typeof MESSAGE>;
  readonly Edit: DocumentedShape<typeof EDIT>;
  readonly Deletion: DocumentedShape<typeof DELETION>;
  readonly Presence: DocumentedShape<typeof PRESENCE>;
  readonly Typing: DocumentedShape<typeof TYPING>;
  readonly Receipt: DocumentedShape<typeof RECEIPT>;
} = {
  Person: {
    is: "A user.",
    each: {
      id: "Who it is, across connections; of a client that named no user, its connection's id.",
      name: "What they are called, once they have said so.",
    },
  },
  Target: {
    is: "Who is meant: exactly one of these.",
    each: {
      room: "Everybody in a room that the connection has joined.",
      user: "A user, whether here or not: all their devices, and the sender's own other ones.",
      name: "The user of that name; of several, who has been connected longest.",
      connection: "One connection; other devices find it in the history.",
      everyone: "All who are connected: the lobby.",
    },
  },
  Message: PUSH_WORDS.message,
  Edit: PUSH_WORDS.edit,
  Deletion: PUSH_WORDS.deletion,
  Presence: PUSH_WORDS.presence,
  Typing: PUSH_WORDS.typing,
  Receipt: PUSH_WORDS.receipt,
};

/** The fields that every request, ack or error has, whatever its action. */
export const FRAME_WORDS = {
  action: "What is asked for.",
  requestId: "Chosen by the client; the one answer repeats it.",
  answered: "The action that is answered.",
  repeated: "As the request had it.",
  code: "From the closed list.",
  message: "For people: what was wrong, and what would be right.",
  retryable: "True: the same request may succeed later.",
} as const;
