// How the entries of a conversation stand in the Messages table.
import type { Draft, SentBy, SentEntry } from "#chat/ports.ts";
import { DIALECT_NAMES } from "#protocol/dialects/dialect.ts";
import type { Entry } from "#protocol/messages.ts";
import { number, optionalText, type Row, text, textAttributes } from "./table-rows.ts";

export function headKey(conversation: string): string {
  return `head#${conversation}`;
}

export function rowOf(draft: Draft, seq: number): Row {
  const { type, conversation, id, sender, sentAt } = draft;
  return {
    ...textAttributes({ conversation, id, senderId: sender.id, senderName: sender.name, sentAt }),
    seq: { N: String(seq) },
    ...(type === "message" ? {} : { ...textAttributes({ type }), of: { N: String(draft.of) } }),
    ...(type === "deletion" ? {} : textAttributes({ content: draft.content })),
    ...(type === "message" && draft.extra ? { extra: { S: JSON.stringify(draft.extra) } } : {}),
  };
}

/** Which connection sent it: for who shows the entry later, and part of no entry. */
export function sentByAttributes(by: SentBy | undefined): Row {
  return textAttributes({ connectionId: by?.connectionId, dialect: by?.dialect });
}

export function sentEntryOf(row: Row): SentEntry {
  const connectionId = optionalText(row, "connectionId");
  const dialect = DIALECT_NAMES.find((known) => known === optionalText(row, "dialect"));
  if (connectionId === undefined) return { entry: entryOf(row) };
  return { entry: entryOf(row), by: { connectionId, ...(dialect === undefined ? {} : { dialect }) } };
}

export function entryOf(row: Row): Entry {
  const name = optionalText(row, "senderName");
  const common = {
    conversation: text(row, "conversation"),
    seq: number(row, "seq"),
    id: text(row, "id"),
    sender: { id: text(row, "senderId"), ...(name === undefined ? {} : { name }) },
    sentAt: text(row, "sentAt"),
  };
  // what was deleted keeps its place
  const content = optionalText(row, "content") ?? "";
  switch (optionalText(row, "type")) {
    case "edit":
      return { type: "edit", ...common, of: number(row, "of"), content };
    case "deletion":
      return { type: "deletion", ...common, of: number(row, "of") };
    default:
      return { type: "message", ...common, content, ...amendments(row) };
  }
}

function amendments(row: Row) {
  const editedAt = optionalText(row, "editedAt");
  const deletedAt = optionalText(row, "deletedAt");
  const extra = optionalText(row, "extra");
  return {
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(extra === undefined ? {} : { extra: JSON.parse(extra) as Readonly<Record<string, unknown>> }),
  };
}
