import type { OF_AUTH } from "./stage-file/rules/environment.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { literal } from "./terraform-text.ts";
import type { UserPool } from "./user-pool.ts";

type Environment = Readonly<Partial<Record<(typeof OF_AUTH)[number], string>>>;

/** What every function is told of who may be here. Nothing but this decides whether tokens are asked for. */
export function authEnvironment({ auth, rooms }: StageConfig, pool: UserPool | undefined): Environment {
  const rules = Object.keys(rooms).length === 0 ? {} : { ROOM_RULES: literal(JSON.stringify(rooms)) };
  if (auth.mode === "none") return { AUTH_MODE: "none", ...rules };
  return {
    AUTH_MODE: "jwt",
    AUTH_ISSUER: pool?.issuer ?? literal(auth.issuer ?? ""),
    AUTH_AUDIENCE: pool?.audience ?? literal(auth.audience ?? ""),
    ...(auth.jwksUri === undefined ? {} : { AUTH_JWKS_URI: literal(auth.jwksUri) }),
    AUTH_USE: auth.tokenUse,
    ...(auth.scopes.length === 0 ? {} : { AUTH_SCOPES: literal(auth.scopes.join(" ")) }),
    AUTH_CLOCK_SKEW_SECONDS: String(auth.clockSkewSeconds),
    AUTH_USER_ID_CLAIM: literal(auth.userIdClaim),
    ...(auth.nameClaim === undefined ? {} : { AUTH_NAME_CLAIM: literal(auth.nameClaim) }),
    ...(auth.roomsClaim === undefined ? {} : { AUTH_ROOMS_CLAIM: literal(auth.roomsClaim) }),
    ...(auth.roomsPrefix === undefined ? {} : { AUTH_ROOMS_PREFIX: literal(auth.roomsPrefix) }),
    ...(auth.origins.length === 0 ? {} : { AUTH_ORIGINS: auth.origins.join(" ") }),
    ...rules,
  };
}
