// How connections and devices stand in the Connections table.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Connection, Member } from "#chat/ports.ts";
import { DIALECT_NAMES, type DialectName } from "#protocol/dialects/dialect.ts";
import { isAlive, number, optionalText, type Row, text, textAttributes, texts } from "./table-rows.ts";

/** API Gateway's connection ids have no `#` in them (aws facts §2.5), so a user's row cannot be taken for a connection's. */
export function userKey(userId: string): string {
  return `user#${userId}`;
}

export function deviceAttribute(connectionId: string): string {
  return `device#${connectionId}`;
}

export function deviceValue({ name, dialect }: Connection, ttl: number): AttributeValue {
  return { M: { ...textAttributes({ name, dialect }), ttl: { N: String(ttl) } } };
}

export function connectionOf(row: Row): Connection {
  return {
    connectionId: text(row, "connectionId"),
    userId: text(row, "userId"),
    ...nameAndDialect(row),
    connectedAt: number(row, "connectedAt"),
    conversations: texts(row, "conversations"),
  };
}

/** A device whose time has passed is left out. */
export function devicesOf(userId: string, row: Row, nowMs: number): readonly Member[] {
  return Object.entries(row).flatMap(([attribute, { M: device }]) => {
    if (!attribute.startsWith("device#") || !device || !isAlive(device, nowMs)) return [];
    return [{ connectionId: attribute.slice("device#".length), userId, ...nameAndDialect(device) }];
  });
}

export function nameAndDialect(row: Row): { readonly name?: string; readonly dialect?: DialectName } {
  const name = optionalText(row, "name");
  const dialect = DIALECT_NAMES.find((known) => known === optionalText(row, "dialect"));
  return { ...(name === undefined ? {} : { name }), ...(dialect === undefined ? {} : { dialect }) };
}
