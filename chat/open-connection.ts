// `$connect`: the connection becomes known, and part of the lobby. Nothing can be posted to it yet (aws facts §7.5).

import { check } from "#protocol/check-shape.ts";
import { LOBBY } from "#protocol/conversations.ts";
import { USER_ID } from "#protocol/definitions.ts";
import { DIALECT_NAMES, type DialectName } from "#protocol/dialects/dialect.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Ports } from "./ports.ts";

export interface Opening {
  readonly connectionId: string;
  readonly connectedAt: number;
  /** `?userId=`, believed: this deployment has no authorizer. */
  readonly userId?: string | undefined;
  /** `?dialect=`: what the client speaks, when it says so. */
  readonly dialect?: string | undefined;
}

/** @throws ChatError `invalid_request` for a user id or dialect that cannot be */
export async function openConnection(
  ports: Pick<Ports, "connections" | "memberships">,
  opening: Opening,
): Promise<void> {
  const { connectionId, connectedAt } = opening;
  const userId = opening.userId === undefined ? connectionId : check(USER_ID, opening.userId, "userId");
  const dialect = dialectFrom(opening.dialect);
  const person = { connectionId, userId, ...(dialect ? { dialect } : {}) };
  await Promise.all([
    ports.connections.add({ ...person, connectedAt, conversations: [LOBBY] }),
    ports.memberships.add(LOBBY, person),
  ]);
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
