// `$connect`: the connection becomes known, and part of the lobby. Nothing can be posted to it yet (aws facts §7.5).

import { check } from "#protocol/check-shape.ts";
import { LOBBY } from "#protocol/conversations.ts";
import { USER_ID } from "#protocol/definitions.ts";
import { DIALECT_NAMES, type DialectName } from "#protocol/dialects/dialect.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Identity, Ports } from "./ports.ts";

export interface Opening {
  readonly connectionId: string;
  readonly connectedAt: number;
  /** `?userId=`, believed where no token is asked for. */
  readonly userId?: string | undefined;
  /** What the authorizer found in the token. */
  readonly identity?: Identity | undefined;
  /** `?dialect=`: what the client speaks, when it says so. */
  readonly dialect?: string | undefined;
}

/** @throws ChatError `invalid_request` for a user id or dialect that cannot be */
export async function openConnection(
  ports: Pick<Ports, "connections" | "memberships">,
  opening: Opening,
): Promise<"opened" | "banned"> {
  const { connectionId, connectedAt } = opening;
  const who = opening.identity ?? { userId: claimedUser(opening) };
  const dialect = dialectFrom(opening.dialect);
  const person = { connectionId, ...who, ...(dialect ? { dialect } : {}) };
  const [added] = await Promise.all([
    ports.connections.add({ ...person, connectedAt, conversations: [LOBBY] }),
    ports.memberships.add(LOBBY, person),
  ]);
  if (added === "added") return "opened";
  await ports.memberships.remove(LOBBY, connectionId);
  return "banned";
}

function claimedUser({ userId, connectionId }: Opening): string {
  return userId === undefined ? connectionId : check(USER_ID, userId, "userId");
}

function dialectFrom(value: string | undefined): DialectName | undefined {
  if (value === undefined) return undefined;
  const found = DIALECT_NAMES.find((name) => name === value);
  if (found) return found;
  throw new ChatError(
    "invalid_request",
    `"dialect" is ${JSON.stringify(value.slice(0, 60))}; it must be one of ${DIALECT_NAMES.join(", ")}.`,
  );
}
