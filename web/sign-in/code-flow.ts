// Signing in at the issuer's own page, and coming back: authorization code with PKCE (OpenID Connect Core §3.1, RFC 7636).
import type { SignInConfig } from "../page-config.ts";
import { claimsIn } from "./claims.ts";
import { challengeOf, newSecret } from "./pkce.ts";
import type { Provider } from "./provider.ts";
import type { SignedInPerson } from "./signed-in.ts";
import type { TabStorage } from "./tab-storage.ts";
import { askForTokens, type TokenAnswer } from "./token-answer.ts";

interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const KEY = "websocket-api.sign-in.begun";

/** The address to go to; what must be known on coming back is kept in this tab. */
export async function beginSignIn(
  provider: Provider,
  { clientId, scopes }: SignInConfig,
  { page, storage }: { readonly page: string; readonly storage: TabStorage },
): Promise<string> {
  const begun: Begun = { state: newSecret(), nonce: newSecret(), verifier: newSecret() };
  const url = new URL(provider.authorizationEndpoint);
  const query = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: page,
    scope: scopes.join(" "),
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await challengeOf(begun.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  storage.setItem(KEY, JSON.stringify(begun));
  return url.href;
}

/** Whether this address is one that the issuer sends people back to. */
export function isReturn(address: URL): boolean {
  return address.searchParams.has("state") && (address.searchParams.has("code") || address.searchParams.has("error"));
}

export interface Returned {
  readonly person: SignedInPerson;
  readonly answer: TokenAnswer;
}

/** @throws Error with words for people */
export async function completeSignIn(
  provider: Provider,
  { clientId, issuer }: SignInConfig,
  { address, page, storage }: { readonly address: URL; readonly page: string; readonly storage: TabStorage },
): Promise<Returned> {
  const said = address.searchParams;
  const begun = takeBegun(storage);
  // somebody else's code would make this person speak as that one
  if (begun?.state !== said.get("state"))
    throw new Error("This sign-in was not begun in this window. Please try again.");
  const code = said.get("code");
  if (code === null) throw new Error(`The issuer says: ${said.get("error_description") ?? said.get("error")}.`);
  const form = { grant_type: "authorization_code", code, redirect_uri: page };
  const answer = await askForTokens(provider.tokenEndpoint, {
    ...form,
    client_id: clientId,
    code_verifier: begun.verifier,
  });
  const claims = claimsIn(answer.idToken ?? "");
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (claims.nonce !== begun.nonce || claims.iss !== issuer || !audiences.includes(clientId)) {
    throw new Error("The issuer's answer is not the one to this sign-in. Please try again.");
  }
  const name = typeof claims.name === "string" && claims.name !== "" ? { name: claims.name } : {};
  return { answer, person: { userId: String(claims.sub), ...name } };
}

/** It is good once. */
function takeBegun(storage: TabStorage): Begun | undefined {
  const text = storage.getItem(KEY);
  storage.removeItem(KEY);
  return text === null ? undefined : (JSON.parse(text) as Begun);
}
