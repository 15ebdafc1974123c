// Tokens of an OpenID Connect issuer – a Cognito user pool or any other with a JWKS –, verified by aws-jwt-verify: signature, issuer,
// audience, times. What a refusal says is ours: nothing of a token gets into an error or a log.
import {
  FetchError,
  JwksValidationError,
  JwtBaseError,
  JwtExpiredError,
  JwtInvalidAudienceError,
  JwtInvalidIssuerError,
  JwtNotBeforeError,
  JwtParseError,
} from "aws-jwt-verify/error";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";
import { JwtVerifier } from "aws-jwt-verify/jwt-verifier";
import type { Clock, Identity, Tokens } from "#chat/ports.ts";
import { check } from "#protocol/check-shape.ts";
import { PERSON, USER_ID } from "#protocol/definitions.ts";
import { ChatError } from "#protocol/errors.ts";
import { isLoopback, Jwks } from "./jwks.ts";

export interface JwtSettings {
  readonly issuer: string;
  readonly audience: string;
  /** Without it `<issuer>/.well-known/jwks.json`. */
  readonly jwksUri?: string | undefined;
  /** How far the clocks of issuer and function may be apart. */
  readonly clockSkewSeconds: number;
  readonly userIdClaim: string;
  /** Without it nobody has a name by their token. */
  readonly nameClaim?: string | undefined;
  /** Without it nobody is a member of a room by their token. */
  readonly roomsClaim?: string | undefined;
}

/** The last one that a Date can be. */
const LAST_MOMENT = 8.64e15;

export function jwtTokens(settings: JwtSettings, clock: Clock): Tokens {
  const { issuer, audience, jwksUri, clockSkewSeconds: graceSeconds } = settings;
  const overHttp = issuer.startsWith("http:") && isLoopback(issuer);
  const verifier = JwtVerifier.create(
    { issuer, audience, graceSeconds, ...(jwksUri === undefined ? {} : { jwksUri }) },
    { jwksCache: new Jwks(clock, { overHttp }) },
  );
  return {
    async verify(token) {
      let claims: JwtPayload;
      try {
        claims = await verifier.verify(token);
      } catch (error) {
        throw refusalOf(error);
      }
      return identityOf(claims, settings);
    },
  };
}

/** The issuer's trouble is not the user's: it stays an error, which is logged and may pass. */
function refusalOf(error: unknown): unknown {
  if (error instanceof FetchError || error instanceof JwksValidationError) {
    return new ChatError("unavailable", "The issuer's keys cannot be had at the moment.", { cause: error });
  }
  if (isMalformedSignature(error)) return refused("The token is not signed with a key of its issuer.");
  if (!(error instanceof JwtBaseError)) return error;
  if (error instanceof JwtExpiredError) return refused("The token has expired.");
  if (error instanceof JwtNotBeforeError) return refused("The token is not valid yet.");
  if (error instanceof JwtInvalidIssuerError) return refused("The token is another issuer's.");
  if (error instanceof JwtInvalidAudienceError) return refused("The token is for another audience.");
  if (error instanceof JwtParseError) return refused("This is no token.");
  return refused("The token is not signed with a key of its issuer.");
}

/** One of the wrong length makes Node throw where other wrong ones are just false. */
function isMalformedSignature(error: unknown): boolean {
  return error instanceof Error && /^ERR_(CRYPTO_OPERATION|OSSL)/.test((error as { code?: string }).code ?? "");
}

function refused(message: string): ChatError {
  return new ChatError("unauthenticated", message);
}

function identityOf(claims: JwtPayload, settings: JwtSettings): Identity {
  const { userIdClaim, nameClaim, roomsClaim, clockSkewSeconds } = settings;
  // one without an end could never be taken back
  if (claims.exp === undefined) throw refused("The token says no time at which it expires.");
  const userId = exactly(USER_ID, claims[userIdClaim]);
  if (userId === undefined) throw refused(`The token's claim ${JSON.stringify(userIdClaim)} is no user id.`);
  const name = nameClaim === undefined ? undefined : exactly(PERSON.fields.name.of, claims[nameClaim]);
  return {
    userId,
    ...(name === undefined ? {} : { name }),
    ...(roomsClaim === undefined ? {} : { rooms: roomsIn(claims[roomsClaim]) }),
    expiresAt: Math.min(Math.floor((claims.exp + clockSkewSeconds) * 1000), LAST_MOMENT),
  };
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
function roomsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.split(" ").filter(Boolean);
  return Array.isArray(value) ? value.filter((room) => typeof room === "string") : [];
}
