// Where the issuer takes people, and where it gives tokens: as its discovery document says (OpenID Connect Discovery 1.0 §4).

export interface Provider {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** Not every issuer has a page to sign out. */
  readonly endSessionEndpoint?: string;
}

export async function discover(issuer: string): Promise<Provider> {
  const document = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetch(document).catch(() => undefined);
  if (!response?.ok) throw new Error(`The issuer cannot be reached at ${document}.`);
  const said = (await response.json()) as Readonly<Record<string, unknown>>;
  if (said.issuer !== issuer) throw new Error(`${document} is another issuer's.`);
  const { authorization_endpoint, token_endpoint, end_session_endpoint } = said;
  if (typeof authorization_endpoint !== "string" || typeof token_endpoint !== "string") {
    throw new Error(`${document} does not say where to sign in.`);
  }
  return {
    authorizationEndpoint: authorization_endpoint,
    tokenEndpoint: token_endpoint,
    ...(typeof end_session_endpoint === "string" ? { endSessionEndpoint: end_session_endpoint } : {}),
  };
}
