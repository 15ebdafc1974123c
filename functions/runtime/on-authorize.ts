// Who may connect. A refusal is a policy that denies, which the client sees as 403: an error would be counted as one of ours and ring
// alarms whenever somebody tries an old token. What is our own trouble – keys that cannot be had – is an error, and the client sees 500.
import type { Tokens } from "#chat/ports.ts";
import { ChatError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import { type AuthorizerEvent, header } from "./event.ts";
import { type Context, contextOf } from "./identity-context.ts";
import { consoleLog, described, type Log } from "./log.ts";
import { offeredToken } from "./offered-token.ts";

export interface AuthorizeSettings {
  /** Where pages that connect may come from; empty: from anywhere. */
  readonly origins: readonly string[];
  readonly log?: Log;
}

export interface AuthorizerResult {
  readonly principalId: string;
  readonly policyDocument: object;
  readonly context?: Context;
}

export function onAuthorize(tokens: Tokens, { origins, log = consoleLog }: AuthorizeSettings) {
  return async (event: AuthorizerEvent): Promise<AuthorizerResult> => {
    const { connectionId } = event.requestContext;
    try {
      requireOrigin(header(event.headers, "origin"), origins);
      const identity = await tokens.verify(requireToken(event));
      return { ...verdict("Allow", event, identity.userId), context: contextOf(identity) };
    } catch (error) {
      if (error instanceof ChatError && error.cause === undefined) {
        log.warn("handshake refused", { connectionId, reason: error.message });
        return verdict("Deny", event, "nobody");
      }
      log.error("handshake failed", { connectionId, cause: described(error) });
      throw new Error("The token could not be checked.");
    }
  };
}

function requireToken(event: AuthorizerEvent): string {
  const token = offeredToken(event);
  if (token && token.length > LIMITS.tokenCharacters) {
    throw new ChatError("unauthenticated", `The token has more than ${LIMITS.tokenCharacters} characters.`);
  }
  if (token) return token;
  throw new ChatError("unauthenticated", "There is no token, neither behind the protocol bearer nor in the query.");
}

/** Browsers always say where a page is from, and it cannot lie about it; other programs need not say, and could say anything. */
function requireOrigin(origin: string | undefined, allowed: readonly string[]): void {
  if (allowed.length === 0 || origin === undefined || allowed.includes(origin)) return;
  throw new ChatError("unauthenticated", `Pages of ${JSON.stringify(origin.slice(0, 100))} may not connect.`);
}

function verdict(Effect: "Allow" | "Deny", { methodArn }: AuthorizerEvent, principalId: string): AuthorizerResult {
  const Statement = [{ Action: "execute-api:Invoke", Effect, Resource: methodArn }];
  return { principalId, policyDocument: { Version: "2012-10-17", Statement } };
}
