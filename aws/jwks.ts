// Where an issuer's public keys come from, and how long they are believed.
import { FetchError, NonRetryableFetchError } from "aws-jwt-verify/error";
import { SimpleFetcher } from "aws-jwt-verify/https";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import type { Clock } from "#chat/ports.ts";
import { Discovery, discoveryDocument } from "./oidc-discovery.ts";

type GetJwk = SimpleJwksCache["getJwk"];

/** A key that its issuer has taken back is believed no longer than this. */
const MOST_AGE_MS = 60 * 60 * 1000;
/** Two documents, each tried twice: less than the authorizer has. */
const TIMEOUT_MS = 2_000;

export interface KeysOf {
  readonly issuer: string;
  /** Undefined: where its discovery document says. */
  readonly jwksUri?: string | undefined;
}

/**
 * Keys are fetched when they are first needed, when a token names one that is unknown – at most every ten seconds, so that nobody can
 * make us ask all the time –, and when they have grown old.
 */
export class Jwks extends SimpleJwksCache {
  /** What a verifier is to name as the place of the keys; they need not be there. */
  readonly uri: string;
  readonly #clock: Clock;
  #askedAt = 0;

  constructor(clock: Clock, { issuer, jwksUri = wellKnown(issuer) }: KeysOf) {
    const get = getterFor(issuer);
    const discovery = new Discovery({ issuer, get, clock });
    super({ fetcher: { fetch: async () => get(jwksUri ?? (await discovery.jwksUri())) } });
    this.uri = jwksUri ?? discoveryDocument(issuer);
    this.#clock = clock;
  }

  override async getJwk(...[uri, jwt]: Parameters<GetJwk>): ReturnType<GetJwk> {
    const now = this.#clock.now();
    if (this.#askedAt === 0) this.#askedAt = now;
    if (now - this.#askedAt > MOST_AGE_MS) {
      this.#askedAt = now;
      // old keys are better than none: an issuer that is down for a moment must not lock everybody out
      await this.getJwks(uri).catch(() => undefined);
    }
    return super.getJwk(uri, jwt);
  }
}

/** A Cognito user pool's are always in the same place: nobody has to be asked. */
function wellKnown(issuer: string): string | undefined {
  const isCognito = /^https:\/\/(issuer-)?cognito-idp\.[\w-]+\.amazonaws\.com(\.cn)?\/[^/]+$/.test(issuer);
  return isCognito ? `${issuer}/.well-known/jwks.json` : undefined;
}

/** Over https; over http from this machine only, and only for an issuer that is on it: a developer's has no certificate. */
function getterFor(issuer: string): (uri: string) => Promise<ArrayBuffer> {
  const https = new SimpleFetcher({ defaultRequestOptions: { timeout: TIMEOUT_MS, responseTimeout: TIMEOUT_MS } });
  const overHttp = issuer.startsWith("http:") && isLoopback(issuer);
  return (uri) => {
    if (overHttp && isLoopback(uri)) return fetchOverHttp(uri);
    if (uri.startsWith("https://")) return https.fetch(uri);
    return Promise.reject(new NonRetryableFetchError(uri, "it is no https address"));
  };
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(new URL(url).hostname);
}

async function fetchOverHttp(uri: string): Promise<ArrayBuffer> {
  const response = await fetch(uri, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new FetchError(uri, `status ${response.status}`);
  return response.arrayBuffer();
}
