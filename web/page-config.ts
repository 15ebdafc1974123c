// Where the API is, and where people sign in. The server of this page knows; the page itself is the same for every stage.

export interface PageConfig {
  readonly webSocketUrl: string;
  /** Absent where the API asks for no tokens. */
  readonly signIn?: SignInConfig;
}

/** Nothing of it is a secret: a page can keep none. */
export interface SignInConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Which of the issuer's tokens the API wants to see. */
  readonly token: "id" | "access";
  /** People have the names that the issuer gives them. */
  readonly namesFromTokens: boolean;
}

export function readConfig(config: unknown): PageConfig {
  const { webSocketUrl, signIn } = fieldsOf(config);
  if (typeof webSocketUrl !== "string") throw new Error('config.json must be { "webSocketUrl": "wss://…" }.');
  return signIn === undefined ? { webSocketUrl } : { webSocketUrl, signIn: readSignIn(signIn) };
}

function readSignIn(value: unknown): SignInConfig {
  const { issuer, clientId, scopes, token, namesFromTokens } = fieldsOf(value);
  if (
    typeof issuer === "string" &&
    typeof clientId === "string" &&
    Array.isArray(scopes) &&
    (token === "id" || token === "access") &&
    typeof namesFromTokens === "boolean"
  ) {
    return { issuer, clientId, scopes: scopes.map(String), token, namesFromTokens };
  }
  throw new Error(
    'config.json: "signIn" must have issuer, clientId, scopes, token ("id" or "access") and namesFromTokens.',
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
