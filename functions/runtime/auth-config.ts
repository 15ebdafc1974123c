// Whether tokens are asked for, and which are good: from the stage file, through Terraform. There is no default: a function that is not told
// does not start.
import type { JwtSettings } from "#aws/jwt-tokens.ts";
import { type Environment, EnvironmentReader } from "./environment-reader.ts";

export interface JwtAuth extends JwtSettings {
  readonly mode: "jwt";
  /** Where pages that connect may come from; empty: from anywhere. */
  readonly origins: readonly string[];
}

/** `none`: whoever connects says who they are, and is believed. */
export type Auth = { readonly mode: "none" } | JwtAuth;

/** For the authorizer, which nobody asks in mode `none`. */
export function readJwtAuth(environment: Environment): JwtAuth {
  const reader = new EnvironmentReader(environment);
  const auth = readAuth(reader);
  reader.complain();
  if (auth.mode === "jwt") return auth;
  throw new Error("The function's environment is not right: AUTH_MODE is none, so there are no tokens to authorize.");
}

export function readAuth(reader: EnvironmentReader): Auth {
  const mode = reader.oneOf("AUTH_MODE", ["none", "jwt"] as const);
  if (mode !== "jwt") return { mode: "none" };
  return {
    mode,
    issuer: reader.text("AUTH_ISSUER"),
    audience: reader.text("AUTH_AUDIENCE"),
    jwksUri: reader.given("AUTH_JWKS_URI"),
    tokenUse: reader.oneOf("AUTH_USE", ["id", "access"] as const) ?? "id",
    scopes: words(reader.given("AUTH_SCOPES")),
    clockSkewSeconds:
      reader.optional("AUTH_CLOCK_SKEW_SECONDS", "a whole number of seconds, at most 300", (value) =>
        /^\d{1,3}$/.test(value) && Number(value) <= 300 ? Number(value) : undefined,
      ) ?? 0,
    userIdClaim: reader.text("AUTH_USER_ID_CLAIM"),
    nameClaim: reader.given("AUTH_NAME_CLAIM"),
    roomsClaim: reader.given("AUTH_ROOMS_CLAIM"),
    roomsPrefix: reader.given("AUTH_ROOMS_PREFIX") ?? "",
    origins: words(reader.given("AUTH_ORIGINS")),
  };
}

function words(text = ""): readonly string[] {
  return text.split(" ").filter(Boolean);
}
