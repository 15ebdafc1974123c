// A small OpenID Connect issuer for this machine: keys made at the start, discovery, JWKS, and a token for whoever says who they are. It
// knows no passwords and is no part of a deployment; the authorizer that is deployed takes its tokens like anybody's.
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express, { type RequestHandler } from "express";

export interface Person {
  readonly name: string;
  /** Rooms of which the person is a member, as the claim `rooms`. */
  readonly rooms: readonly string[];
}

export interface IssuerOptions {
  readonly audience: string;
  /** By user id. */
  readonly people: Readonly<Record<string, Person>>;
}

export type Claims = Readonly<Record<string, unknown>>;

export interface OidcIssuer {
  /** The claim `iss`. */
  readonly url: string;
  readonly jwksUri: string;
  tokenFor(user: string, lifetimeSeconds?: number): string;
  /** Any claims, over those that every token has. */
  sign(claims: Claims): string;
  /** From now on another key signs; the old one is not shown any more. */
  rotate(): void;
  close(): Promise<void>;
}

const HOUR = 60 * 60;
const LONGEST = 12 * HOUR;

export async function startOidcIssuer({ audience, people }: IssuerOptions): Promise<OidcIssuer> {
  let key = makeKey();
  const app = express();
  app.disable("x-powered-by");
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwksUri = `${url}/.well-known/jwks.json`;

  const issuer: OidcIssuer = {
    url,
    jwksUri,
    sign(claims) {
      const now = Math.floor(Date.now() / 1000);
      return signed(key, { iss: url, aud: audience, iat: now, exp: now + HOUR, ...claims });
    },
    tokenFor(user, lifetimeSeconds = HOUR) {
      const person = Object.hasOwn(people, user) ? people[user] : undefined;
      if (!person) throw new Error(`There is no ${JSON.stringify(user)}; there are ${Object.keys(people).join(", ")}.`);
      return issuer.sign({ sub: user, ...person, exp: Math.floor(Date.now() / 1000) + lifetimeSeconds });
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

  // pages of any origin may ask: there is nothing here to protect
  app.use((_request, response, next) => {
    response.set({ "Access-Control-Allow-Origin": "*", "Cache-Control": "no-store" });
    next();
  });
  app.get("/.well-known/openid-configuration", (_request, response) => {
    response.json(discovery(issuer));
  });
  app.get("/.well-known/jwks.json", (_request, response) => {
    response.json({ keys: [key.jwk] });
  });
  app.post("/token", express.urlencoded({ extended: false }), tokenEndpoint(issuer, people));
  return issuer;
}

/** `user=ann`, and `expires_in=60` for a token that does not last. */
function tokenEndpoint(issuer: OidcIssuer, people: IssuerOptions["people"]): RequestHandler {
  return (request, response) => {
    const { user, expires_in: asked = String(HOUR) } = (request.body ?? {}) as Record<string, string | undefined>;
    const lifetime = Number(asked);
    if (user === undefined || !Object.hasOwn(people, user)) {
      const error_description = `"user" must be one of ${Object.keys(people).join(", ")}`;
      response.status(400).json({ error: "invalid_grant", error_description });
    } else if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > LONGEST) {
      const error_description = `"expires_in" must be a whole number of seconds from 1 to ${LONGEST}`;
      response.status(400).json({ error: "invalid_request", error_description });
    } else {
      const id_token = issuer.tokenFor(user, lifetime);
      response.json({ id_token, token_type: "Bearer", expires_in: lifetime });
    }
  };
}

function discovery({ url, jwksUri }: OidcIssuer): object {
  return {
    issuer: url,
    jwks_uri: jwksUri,
    token_endpoint: `${url}/token`,
    response_types_supported: ["id_token"],
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

function signed({ secret, jwk }: Key, claims: Claims): string {
  const parts = [{ alg: "ES256", typ: "JWT", kid: jwk.kid }, claims];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(text), { key: secret, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
