// What config.json tells the page of signing in. Nothing of it is a secret: a page can keep none.
import type { StageConfig } from "./stage-file/schema.ts";

export interface SignInConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Which of the issuer's tokens the API wants to see. */
  readonly token: "id" | "access";
  readonly namesFromTokens: boolean;
}

/** Of a user pool that is made, both are known at the deployment only. */
export interface SignInPlace {
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** Undefined where there is nobody to sign in at. */
export function signInConfig(
  { auth, web }: Pick<StageConfig, "auth" | "web">,
  place: SignInPlace,
): SignInConfig | undefined {
  const { issuer, audience } = place;
  if (auth.mode !== "jwt" || issuer === undefined || audience === undefined) return undefined;
  return {
    issuer,
    // an ID token is for who asked for it
    clientId: web?.signIn.clientId ?? audience,
    scopes: [...new Set(["openid", ...(web?.signIn.scopes ?? ["profile"]), ...auth.scopes])],
    token: auth.tokenUse,
    namesFromTokens: auth.nameClaim !== undefined,
  };
}

export function originOf(issuer: string): string {
  return new URL(issuer).origin;
}
