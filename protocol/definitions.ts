// The native protocol, defined once: every request, what its ack carries, and every push. Types, checks and documents come from here.
import { LIMITS } from "./limits.ts";
import {
  choice,
  content,
  contentOrNone,
  encodedText,
  extra,
  flag,
  list,
  object,
  oneOf,
  optional,
  secret,
  text,
  time,
  union,
  whole,
} from "./shape.ts";

const room = text(LIMITS.roomCharacters);
const name = text(LIMITS.nameCharacters);
const id = text(LIMITS.idCharacters);
export const USER_ID = encodedText(LIMITS.userIdCharacters, LIMITS.userIdEncoded);
const conversation = text(LIMITS.conversationCharacters);
const cursor = text(LIMITS.cursorCharacters);
const seq = whole(1);
/** The last one of a conversation, 0 when it has none. */
const lastSeq = whole(0);
const receipt = oneOf("delivered", "read");

/** `id` is the user's – of a client that named none, its connection's –, `name` what setName chose. */
export const PERSON = object({ id: USER_ID, name: optional(name) });

/** A room, all devices of a user, who has a name, one connection, or everybody. */
export const TARGET = choice({ room, user: USER_ID, name, connection: id, everyone: oneOf(true) });

const entry = { conversation, seq, id, sender: PERSON, sentAt: time };

/** `extra` is what a replaced system's clients add for their own kind. A deleted message keeps its place, without content. */
export const MESSAGE = object({
  type: oneOf("message"),
  ...entry,
  content: contentOrNone,
  editedAt: optional(time),
  deletedAt: optional(time),
  extra: optional(extra(LIMITS.extraBytes)),
});

/** The sender gave the message `of` another content. Numbered like a message, so that nobody misses it. */
export const EDIT = object({ type: oneOf("edit"), ...entry, of: seq, content: contentOrNone });

/** The sender took the message `of` back. */
export const DELETION = object({ type: oneOf("deletion"), ...entry, of: seq });

/** What a conversation consists of, in the order of `seq`. */
export const ENTRY = union(MESSAGE, EDIT, DELETION);

/** A user came into a room, left it or took another name. */
export const PRESENCE = object({
  type: oneOf("presence"),
  conversation,
  event: oneOf("join", "leave", "rename"),
  user: PERSON,
});

export const TYPING = object({ type: oneOf("typing"), conversation, user: PERSON });

export const RECEIPT = object({ type: oneOf("receipt"), conversation, seq, kind: receipt, user: PERSON });

/** What is told and kept nowhere: without a seq, and lost when it does not arrive. */
export const SIGNAL = union(PRESENCE, TYPING, RECEIPT);

const signals = list(SIGNAL, LIMITS.signalsPerPush);
/** How many more there were than those that are named. */
const others = object({ presence: optional(whole(1)), typing: optional(whole(1)), receipt: optional(whole(1)) });

const entries = list(ENTRY, LIMITS.pageOfMessages.most);
/** As many as fit into one frame. */
const pushedEntries = list(ENTRY, LIMITS.entriesPerPush);
const people = list(PERSON, Number.MAX_SAFE_INTEGER);

export const REQUESTS = {
  setName: { name },
  joinRoom: { room },
  leaveRoom: { room },
  members: { room },
  sendMessage: { to: TARGET, content, id: optional(id) },
  editMessage: { conversation, of: seq, content, id: optional(id) },
  deleteMessage: { conversation, of: seq, id: optional(id) },
  getMessages: {
    conversation: optional(conversation),
    with: optional(USER_ID),
    limit: optional(whole(1, LIMITS.pageOfMessages.most)),
    cursor: optional(cursor),
  },
  resume: {
    conversations: list(object({ conversation, after: lastSeq }), LIMITS.conversationsPerResume),
  },
  conversations: {},
  typing: { to: TARGET },
  receipt: { conversation, seq, kind: receipt },
  refresh: { token: secret(LIMITS.tokenCharacters) },
  whoami: {},
  ping: {},
} as const;

const sent = { conversation, seq, id, sentAt: time };

export const ACKS = {
  setName: { name },
  joinRoom: { conversation, seq: lastSeq, members: people },
  leaveRoom: { conversation },
  members: { conversation, seq: lastSeq, members: people },
  sendMessage: sent,
  editMessage: sent,
  deleteMessage: sent,
  getMessages: { conversation, seq: lastSeq, entries, older: optional(cursor), newer: optional(cursor) },
  resume: {
    conversations: list(
      object({ conversation, seq: lastSeq, entries, recovered: flag, more: flag }),
      LIMITS.conversationsPerResume,
    ),
  },
  conversations: {
    conversations: list(object({ conversation, seq: lastSeq }), Number.MAX_SAFE_INTEGER),
    more: flag,
  },
  typing: {},
  receipt: {},
  refresh: { expiresAt: time, expiresInSeconds: whole(0) },
  whoami: { connectionId: id, user: PERSON, expiresInSeconds: optional(whole(0)) },
  ping: { at: time },
} as const;

export const PUSHES = {
  message: MESSAGE,
  edit: EDIT,
  deletion: DELETION,
  entries: object({
    type: oneOf("entries"),
    conversation,
    entries: pushedEntries,
    signals: optional(signals),
    others: optional(others),
  }),
  signals: object({ type: oneOf("signals"), conversation, signals, others: optional(others) }),
  presence: PRESENCE,
  typing: TYPING,
  receipt: RECEIPT,
} as const;
