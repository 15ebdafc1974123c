// Tokens of an OpenID Connect issuer – a Cognito user pool or any other with a JWKS –, verified by aws-jwt-verify: signature, issuer,
// times. What a refusal says is ours: nothing of a token gets into an error or a log.
import {
  FetchError,
  JwksValidationError,
  JwtBaseError,
  JwtExpiredError,
  JwtInvalidIssuerError,
  JwtNotBeforeError,
  JwtParseError,
} from "aws-jwt-verify/error";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";
import { JwtVerifier } from "aws-jwt-verify/jwt-verifier";
import type { Clock, Tokens } from "#chat/ports.ts";
import { ChatError } from "#protocol/errors.ts";
import { Jwks, type KeysOf } from "./jwks.ts";
import { type ClaimSettings, identityOf, refused } from "./token-claims.ts";

export interface JwtSettings extends ClaimSettings, KeysOf {}

export function jwtTokens(settings: JwtSettings, clock: Clock): Tokens {
  const { issuer, clockSkewSeconds: graceSeconds, tokenUse } = settings;
  const jwksCache = new Jwks(clock, settings);
  // whom it is for depends on the kind of token: with the other claims, once it is known to be genuine
  const verifier = JwtVerifier.create(
    {
      ...{ issuer, audience: null, graceSeconds, jwksUri: jwksCache.uri },
      customJwtCheck: ({ header }) => requireType(header.typ, tokenUse),
    },
    { jwksCache },
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

/** Issuers that keep to RFC 9068 say which are access tokens; where an app is its own audience, nothing else tells the two apart. */
function requireType(typ: unknown, tokenUse: JwtSettings["tokenUse"]): void {
  const isAccess = /^(application\/)?at\+jwt$/i.test(String(typ));
  if (tokenUse === "id" && isAccess) throw refused("The token is an access token; ID tokens are asked for.");
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
  if (error instanceof JwtParseError) return refused("This is no token.");
  return refused("The token is not signed with a key of its issuer.");
}

/** One of the wrong length makes Node throw where other wrong ones are just false. */
function isMalformedSignature(error: unknown): boolean {
  return error instanceof Error && /^ERR_(CRYPTO_OPERATION|OSSL)/.test((error as { code?: string }).code ?? "");
}
