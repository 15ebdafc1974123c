import { ChatError } from "#protocol/errors.ts";
import type { Connection, Rules } from "./ports.ts";

/**
 * Why the connection may not go on; undefined: it may. API Gateway asks the authorizer at the handshake only (aws facts §1.2). A connection
 * that never showed a token was opened before the stage asked for any.
 */
export function identityEnded(
  { tokens }: Rules,
  { expiresAt }: Pick<Connection, "expiresAt">,
  now: number,
): ChatError | undefined {
  if (!tokens || (expiresAt !== undefined && expiresAt > now)) return undefined;
  const why = expiresAt === undefined ? "has shown no token" : "has expired";
  const what = expiresAt === undefined ? "This connection" : "The identity of this connection";
  return new ChatError("unauthenticated", `${what} ${why}; connect with a new token.`);
}
