// A small OpenID Connect issuer for this machine: keys made at the start, discovery, JWKS, a page to sign in, and tokens. It knows no
// passwords and is no part of a deployment; the authorizer that is deployed takes its tokens like anybody's, and so does the page.
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express, { type RequestHandler } from "express";
import { foreignRequest, readableBy } from "#local/web-pages.ts";
import { answerRequest } from "#local/websocket/http-answer.ts";
import { Grants } from "./oidc-grants.ts";
import { signInEndpoint, signOutEndpoint } from "./oidc-sign-in.ts";
import { tokenEndpoint } from "./oidc-token.ts";
import { onError } from "./on-error.ts";

export interface Person {
  readonly name: string;
  /** Rooms of which the person is a member, as the claim `rooms`. */
  readonly rooms: readonly string[];
}

export interface IssuerOptions {
  /** Of all tokens, and the one client there is. */
  readonly audience: string;
  /** Of the tokens that the page gets. */
  readonly lifetimeSeconds?: number;
  /** By user id. */
  readonly people: Readonly<Record<string, Person>>;
}

export type Claims = Readonly<Record<string, unknown>>;

export interface OidcIssuer {
  /** The claim `iss`. */
  readonly url: string;
  readonly audience: string;
  readonly jwksUri: string;
  tokenFor(user: string, lifetimeSeconds?: number, more?: Claims): string;
  /** Any claims, over those that every token has. `typ`: of its header. */
  sign(claims: Claims, typ?: string): string;
  /** From now on another key signs; the old one is not shown any more. */
  rotate(): void;
  close(): Promise<void>;
}

const HOUR = 60 * 60;

export async function startOidcIssuer({
  audience,
  people,
  lifetimeSeconds = HOUR,
}: IssuerOptions): Promise<OidcIssuer> {
  let key = makeKey();
  const app = express();
  app.disable("x-powered-by");
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwksUri = `${url}/.well-known/jwks.json`;

  const issuer: OidcIssuer = {
    url,
    audience,
    jwksUri,
    sign(claims, typ = "JWT") {
      const now = Math.floor(Date.now() / 1000);
      return signed(key, typ, { iss: url, aud: audience, iat: now, exp: now + HOUR, ...claims });
    },
    tokenFor(user, seconds = HOUR, more = {}) {
      const person = Object.hasOwn(people, user) ? people[user] : undefined;
      if (!person) throw new Error(`There is no ${JSON.stringify(user)}; there are ${Object.keys(people).join(", ")}.`);
      return issuer.sign({ sub: user, ...person, ...more, exp: Math.floor(Date.now() / 1000) + seconds });
    },
    rotate() {
      key = makeKey();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  // it signs in whoever asks, so pages from elsewhere may not
  app.use((request, response, next) => {
    const foreign = foreignRequest(request);
    if (foreign) answerRequest(response, foreign);
    else next();
  });
  app.use((request, response, next) => {
    response.set({ ...readableBy(request.headers), "Cache-Control": "no-store" });
    next();
  });
  app.get("/.well-known/openid-configuration", (_request, response) => {
    response.json(discovery(issuer));
  });
  app.get("/.well-known/jwks.json", (_request, response) => {
    response.json({ keys: [key.jwk] });
  });
  const grants = new Grants();
  app.get("/authorize", noForeignContent, signInEndpoint({ clientId: audience, people, grants }));
  app.get("/logout", noForeignContent, signOutEndpoint);
  const tokens = tokenEndpoint({ people, grants, lifetimeSeconds, issue: issuer.tokenFor });
  app.post("/token", express.urlencoded({ extended: false }), tokens);
  app.use(
    onError((response, status, what) => {
      const error = status < 500 ? "invalid_request" : "server_error";
      response.status(status).json({ error, error_description: what });
    }),
  );
  return issuer;
}

const noForeignContent: RequestHandler = (_request, response, next) => {
  response.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
  next();
};

function discovery({ url, jwksUri }: OidcIssuer): object {
  return {
    issuer: url,
    jwks_uri: jwksUri,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    end_session_endpoint: `${url}/logout`,
    response_types_supported: ["code"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["none"],
    scopes_supported: ["openid", "profile"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  };
}

interface Key {
  readonly secret: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>> & { readonly kid: string };
}

function makeKey(): Key {
  const { privateKey: secret, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { secret, jwk: { ...publicKey.export({ format: "jwk" }), kid: randomUUID(), alg: "ES256", use: "sig" } };
}

function signed({ secret, jwk }: Key, typ: string, claims: Claims): string {
  const parts = [{ alg: "ES256", typ, kid: jwk.kid }, claims];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(text), { key: secret, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
