// How connections and devices stand in the Connections table.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Connection, Member } from "#chat/ports.ts";
import { DIALECT_NAMES, type DialectName } from "#protocol/dialects/dialect.ts";
import { isAlive, number, optionalText, plainAttributes, type Row, text, texts } from "./table-rows.ts";

const DEVICE = "device#";

/** API Gateway's connection ids have no `#` in them (aws facts §2.5), so a user's row cannot be taken for a connection's. */
export function userKey(userId: string): string {
  return `user#${userId}`;
}

/** On a user's row: since when nobody may connect as them. */
export const BANNED = "bannedAt";

/** As a text: a set cannot be empty, and nothing is asked of its parts. */
export function roomsText(rooms: readonly string[] | undefined): string | undefined {
  return rooms && JSON.stringify(rooms);
}

export function deviceAttribute(connectionId: string): string {
  return `${DEVICE}${connectionId}`;
}

export function deviceValue({ name, dialect, expiresAt, connectedAt }: Connection, ttl: number): AttributeValue {
  return { M: plainAttributes({ name, dialect, expiresAt, since: connectedAt, ttl }) };
}

export function connectionOf(row: Row): Connection {
  return {
    connectionId: text(row, "connectionId"),
    userId: text(row, "userId"),
    ...nameAndDialect(row),
    connectedAt: number(row, "connectedAt"),
    conversations: texts(row, "conversations"),
    ...(row.expiresAt ? { expiresAt: number(row, "expiresAt") } : {}),
    ...(row.rooms ? { rooms: JSON.parse(text(row, "rooms")) } : {}),
  };
}

/** Alive, and its identity – if tokens are asked for – has not expired: who may be shown what others say. */
export function isHere(row: Row, nowMs: number): boolean {
  return isAlive(row, nowMs) && (row.expiresAt === undefined || number(row, "expiresAt") > nowMs);
}

export type Device = Pick<Connection, "connectionId" | "connectedAt">;

/** The connections on a user's row, also those whose time has passed. */
export function everyDevice(row: Row): readonly Device[] {
  return Object.entries(row).flatMap(([attribute, { M: device }]) =>
    attribute.startsWith(DEVICE) && device
      ? [{ connectionId: attribute.slice(DEVICE.length), connectedAt: number(device, "since") }]
      : [],
  );
}

/** A device whose time has passed is left out; a banned user has none. */
export function devicesOf(userId: string, row: Row, nowMs: number): readonly Member[] {
  if (row[BANNED]) return [];
  return Object.entries(row).flatMap(([attribute, { M: device }]) => {
    if (!attribute.startsWith(DEVICE) || !device || !isHere(device, nowMs)) return [];
    const connectionId = attribute.slice(DEVICE.length);
    return [{ connectionId, userId, since: number(device, "since"), ...nameAndDialect(device) }];
  });
}

export function nameAndDialect(row: Row): { readonly name?: string; readonly dialect?: DialectName } {
  const name = optionalText(row, "name");
  const dialect = DIALECT_NAMES.find((known) => known === optionalText(row, "dialect"));
  return { ...(name === undefined ? {} : { name }), ...(dialect === undefined ? {} : { dialect }) };
}
