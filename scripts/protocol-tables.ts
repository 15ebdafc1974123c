// The tables of docs/protocol.md, made from the definitions. Each stands between `<!-- table: ‹name› -->` and `<!-- end -->`; the prose
// around them is written by hand.
import {
  ACKS,
  DELETION,
  EDIT,
  MESSAGE,
  PERSON,
  PRESENCE,
  PUSHES,
  RECEIPT,
  REQUESTS,
  TARGET,
  TYPING,
} from "#protocol/definitions.ts";
import type { DialectName } from "#protocol/dialects/dialect.ts";
import { OBJECT_WORDS, PUSH_WORDS, REQUEST_WORDS } from "#protocol/documentation.ts";
import { ERRORS } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import { ACTIONS } from "#protocol/parse-request.ts";
import type { Fields, Optional, Shape } from "#protocol/shape.ts";

type Row = readonly string[];

const TABLES: Readonly<Record<string, () => readonly Row[]>> = {
  actions: () => [
    ["action", "what it does", "fields", "the ack carries"],
    ...ACTIONS.map((action) => [
      `\`${action}\``,
      REQUEST_WORDS[action].is,
      fieldList(REQUESTS[action], limited),
      fieldList(ACKS[action], named),
    ]),
  ],
  targets: () => [
    ["`to`", "who is meant"],
    ...Object.entries(TARGET.fields).map(([name, shape]) => [
      `\`{"${name}":${shape.kind === "oneOf" ? "true" : "…"}}\``,
      OBJECT_WORDS.Target.each[name as keyof typeof TARGET.fields],
    ]),
  ],
  pushes: () => [
    ["type", "when", "fields"],
    ...Object.entries(PUSHES).map(([name, { fields }]) => [
      `\`${name}\``,
      PUSH_WORDS[name as keyof typeof PUSHES].is,
      fieldList(withoutType(fields), named),
    ]),
  ],
  errors: () => [
    ["code", "retryable", "meaning"],
    ...Object.entries(ERRORS).map(([code, { retryable, meaning }]) => [
      `\`${code}\``,
      retryable ? "yes" : "no",
      meaning,
    ]),
  ],
  limits: () => [
    ["limit", "what"],
    ...Object.entries(LIMIT_WORDS).map(([name, words]) => [limitValue(LIMITS[name as LimitName]), words]),
  ],
  rates: () => [
    ["what", "for long", "at once"],
    ...Object.entries(RATE_WORDS).map(([of, words]) => {
      const { perSecond, burst } = LIMITS.rates[of as keyof typeof LIMITS.rates];
      return [words, `${perSecond} a second`, String(burst)];
    }),
  ],
  dialects: () => [
    ["dialect", "whose", "known by", "its own requests are answered"],
    ...Object.entries(DIALECT_WORDS).map(([name, words]) => [`\`${name}\``, ...words]),
  ],
};

type LimitName = Exclude<keyof typeof LIMITS, "rates">;

const LIMIT_WORDS: { readonly [L in LimitName]: string } = {
  contentBytes: "bytes of a message's content as it is written in a frame: UTF-8, what JSON escapes escaped",
  nameCharacters: "characters of a name",
  roomCharacters: "characters of a room",
  userIdCharacters: "characters of a user id",
  userIdEncoded: "characters of a user id when it is percent-encoded",
  idCharacters: "characters of a message id",
  requestIdCharacters: "characters of a request id",
  conversationCharacters: "characters of a conversation's name",
  extraBytes: "bytes of `extra`, which come out of the content's",
  cursorCharacters: "characters of a cursor",
  tokenCharacters: "characters of a token",
  roomsPerConnection: "rooms a connection may be in",
  usersPerGroup: "users of a group",
  conversationsPerResume: "conversations in one `resume`",
  pageOfMessages: "entries in one answer, if that many fit into it",
  entriesPerPush: "entries in one push",
  signalsPerPush: "presences, typings and receipts in one push",
  pushBytes: "bytes of a push with several entries",
};

const RATE_WORDS: { readonly [R in keyof typeof LIMITS.rates]: string } = {
  connection: "requests of one connection, of any kind",
  user: "messages of one user, over all their connections",
  conversation: "messages into one conversation, from everybody",
};

/** Whose clients, known by what, and which of their own requests they want an answer to. */
const DIALECT_WORDS: { readonly [D in DialectName]: readonly [whose: string, knownBy: string, answers: string] } = {
  native: ["our own", "`?dialect=native`; `to` as an object; the actions that no other has", "all"],
  walkthrough: [
    "the chat walkthrough (`socketAPI`)",
    "`actionn`; a text without an action; words that are not JSON",
    "no",
  ],
  rooms: [
    "the configuration repository (`AWS_WEBSOCKET_API`)",
    "`sendMessage` with `targetId` or only `message`; `broadcast`, `joinRoom`, `leaveRoom`",
    "all",
  ],
  names: [
    "the chat of names (`chat-api-handler`)",
    "`setName`, `sendPublic`, `sendPrivate`, with or without `$`",
    "no",
  ],
  "message-ai": [
    "MessageAI",
    "`sendMessage` with `conversationId` and `messageId`; `catchUp`",
    "`sendMessage` by a `messageStatus`, `catchUp` by a `catchUpComplete`",
  ],
  "typescript-chat": [
    "the serverless TypeScript chat",
    "`sendMessage` with `recipientId`; `getMessages` with `targetId`",
    "`getMessages`, in its own shape",
  ],
};

/** The text with every table as it is now. @throws Error for a marker that names no table, and for a table that has no marker */
export function withTables(text: string): string {
  const seen = new Set<string>();
  const written = text.replace(/(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin, name: string, end) => {
    const rows = Object.hasOwn(TABLES, name) ? TABLES[name]?.() : undefined;
    if (!rows)
      throw new Error(`docs/protocol.md: there is no table "${name}"; there are ${Object.keys(TABLES).join(", ")}.`);
    seen.add(name);
    return `${begin}\n${markdown(rows)}\n${end}`;
  });
  const missing = Object.keys(TABLES).filter((name) => !seen.has(name));
  if (missing.length > 0) throw new Error(`docs/protocol.md: the markers of ${missing.join(", ")} are missing.`);
  return written;
}

function markdown([heads = [], ...rows]: readonly Row[]): string {
  return [heads, heads.map(() => "---"), ...rows]
    .map((cells) => (cells[0] === "---" ? `|${cells.join("|")}|` : `| ${cells.join(" | ")} |`))
    .map((line) => `${line}\n`)
    .join("");
}

function limitValue(limit: (typeof LIMITS)[LimitName]): string {
  return typeof limit === "number" ? grouped(limit) : `${limit.most} (${limit.default} when not said)`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function fieldList(fields: Fields, show: (name: string, field: Shape | Optional) => string): string {
  const shown = Object.entries(fields).map(([name, field]) => show(name, field));
  return shown.length === 0 ? "–" : shown.join(", ");
}

function withoutType({ type: _, ...fields }: Fields): Fields {
  return fields;
}

function named(name: string, field: Shape | Optional): string {
  const shape = field.kind === "optional" ? field.of : field;
  return `\`${name}\`${field.kind === "optional" ? "?" : ""}${members(shape)}`;
}

function limited(name: string, field: Shape | Optional): string {
  const shape = field.kind === "optional" ? field.of : field;
  const limit = limitOf(shape);
  return `${named(name, field)}${limit === "" ? "" : ` (${limit})`}`;
}

function limitOf(shape: Shape): string {
  switch (shape.kind) {
    case "text":
    case "secret":
      return `1–${grouped(shape.most)}`;
    case "content":
      return `≤ ${grouped(LIMITS.contentBytes)} bytes`;
    case "whole":
      return shape.most === Number.MAX_SAFE_INTEGER ? `≥ ${shape.least}` : `${shape.least}–${shape.most}`;
    case "oneOf":
      return shape.values.map((value) => `\`${value}\``).join(" or ");
    case "list":
      return `≤ ${grouped(shape.most)}`;
    default:
      return "";
  }
}

const HAVE_WORDS: ReadonlySet<Shape> = new Set<Shape>([PERSON, MESSAGE, EDIT, DELETION, PRESENCE, TYPING, RECEIPT]);

/** The fields of the objects in a list that have no name of their own. */
function members(shape: Shape): string {
  if (shape.kind !== "list" || shape.of.kind !== "object" || HAVE_WORDS.has(shape.of)) return "";
  const fields = Object.entries(shape.of.fields).map(([name, field]) => name + (field.kind === "optional" ? "?" : ""));
  return ` of \`{${fields.join(", ")}}\``;
}
