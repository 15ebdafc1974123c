// What the claims of a token that is genuine say: whether it is for us, and who it is.
import type { Identity } from "#chat/ports.ts";
import { check } from "#protocol/check-shape.ts";
import { PERSON, USER_ID } from "#protocol/definitions.ts";
import { ChatError } from "#protocol/errors.ts";

export interface ClaimSettings {
  readonly audience: string;
  /** `id`: ID tokens, which say who somebody is. `access`: access tokens, which say what a client may do for them. */
  readonly tokenUse: "id" | "access";
  /** Which scopes a token must have, all of them. */
  readonly scopes: readonly string[];
  /** How far the clocks of issuer and function may be apart. */
  readonly clockSkewSeconds: number;
  readonly userIdClaim: string;
  /** Without it nobody has a name by their token. */
  readonly nameClaim?: string | undefined;
  /** Without it nobody is a member of a room by their token. */
  readonly roomsClaim?: string | undefined;
  /** What of the claim's texts are rooms: those that begin so, without it. */
  readonly roomsPrefix: string;
}

export type Claims = Readonly<Record<string, unknown>> & { readonly exp?: number | undefined };

/** The last one that a Date can be. */
const LAST_MOMENT = 8.64e15;
/** An authorizer may answer 8 KB (aws facts §1.6), in which they stand as a text, with each quote escaped. */
const MOST_ROOMS_BYTES = 6 * 1024;

/** @throws ChatError `unauthenticated` */
export function identityOf(claims: Claims, settings: ClaimSettings): Identity {
  requireUse(claims, settings);
  requireScopes(claims, settings.scopes);
  const { userIdClaim, nameClaim, clockSkewSeconds } = settings;
  // one without an end could never be taken back
  if (claims.exp === undefined) throw refused("The token says no time at which it expires.");
  const userId = exactly(USER_ID, claims[userIdClaim]);
  if (userId === undefined) throw refused(`The token's claim ${JSON.stringify(userIdClaim)} is no user id.`);
  const name = nameClaim === undefined ? undefined : exactly(PERSON.fields.name.of, claims[nameClaim]);
  const rooms = roomsOf(claims, settings);
  return {
    userId,
    ...(name === undefined ? {} : { name }),
    ...(rooms === undefined ? {} : { rooms }),
    expiresAt: Math.min(Math.floor((claims.exp + clockSkewSeconds) * 1000), LAST_MOMENT),
  };
}

export function refused(message: string): ChatError {
  return new ChatError("unauthenticated", message);
}

/** Cognito says in a claim of its own which kind a token is, and whom an access token is for: RFC 9068 has `aud` for that, too. */
function requireUse(claims: Claims, { audience, tokenUse }: ClaimSettings): void {
  const { aud, client_id, token_use: use } = claims;
  if (use !== undefined && use !== tokenUse) {
    throw refused(`The token is none of those that are asked for: its "token_use" is not ${JSON.stringify(tokenUse)}.`);
  }
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (audiences.includes(audience)) return;
  if (tokenUse === "access" && use === "access" && aud === undefined && client_id === audience) return;
  throw refused("The token is for another audience.");
}

function requireScopes(claims: Claims, needed: readonly string[]): void {
  const granted = new Set([...textsIn(claims.scope), ...textsIn(claims.scp)]);
  const missing = needed.find((scope) => !granted.has(scope));
  if (missing !== undefined) throw refused(`The token has not the scope ${JSON.stringify(missing)}.`);
}

function roomsOf(claims: Claims, { roomsClaim, roomsPrefix }: ClaimSettings): readonly string[] | undefined {
  if (roomsClaim === undefined) return undefined;
  const named = textsIn(claims[roomsClaim]).filter((text) => text.startsWith(roomsPrefix));
  const rooms = named.map((text) => text.slice(roomsPrefix.length)).filter(Boolean);
  if (Buffer.byteLength(JSON.stringify(JSON.stringify(rooms))) <= MOST_ROOMS_BYTES) return rooms;
  throw refused(`The token's claim ${JSON.stringify(roomsClaim)} names more rooms than can be kept: name a prefix.`);
}

/** Not trimmed or otherwise made to fit: two people must not become one. */
function exactly(shape: typeof USER_ID, value: unknown): string | undefined {
  try {
    return check(shape, value, "claim") === value ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A list of texts, or one text with words, as scopes are written. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.split(" ").filter(Boolean);
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}
