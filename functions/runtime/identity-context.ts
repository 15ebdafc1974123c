// The identity on its way from the authorizer to the other functions: a flat map, whose values arrive as texts (aws facts §1.6).
import type { Identity } from "#chat/ports.ts";

export type Context = Readonly<Record<string, string>>;

export function contextOf({ userId, name, rooms, expiresAt }: Identity): Context {
  return {
    userId,
    ...(name === undefined ? {} : { name }),
    ...(rooms === undefined ? {} : { rooms: JSON.stringify(rooms) }),
    expiresAt: String(expiresAt),
  };
}

/** undefined: this is not what our authorizer says. */
export function identityIn(context: Readonly<Record<string, unknown>> | undefined): Identity | undefined {
  const { userId, name, rooms, expiresAt } = context ?? {};
  if (typeof userId !== "string" || !/^\d+$/.test(String(expiresAt))) return undefined;
  return {
    userId,
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof rooms === "string" ? { rooms: JSON.parse(rooms) } : {}),
    expiresAt: Number(expiresAt),
  };
}
