// Where an issuer's public keys come from, and how long they are believed.
import { FetchError, NonRetryableFetchError } from "aws-jwt-verify/error";
import { SimpleFetcher } from "aws-jwt-verify/https";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import type { Clock } from "#chat/ports.ts";

type GetJwk = SimpleJwksCache["getJwk"];

/** A key that its issuer has taken back is believed no longer than this. */
const MOST_AGE_MS = 60 * 60 * 1000;
const TIMEOUT_MS = 3_000;

/**
 * Keys are fetched when they are first needed, when a token names one that is unknown – at most every ten seconds, so that nobody can
 * make us ask all the time –, and when they have grown old.
 */
export class Jwks extends SimpleJwksCache {
  readonly #clock: Clock;
  #askedAt = 0;

  constructor(clock: Clock, { overHttp }: { readonly overHttp: boolean }) {
    super({ fetcher: overHttp ? { fetch: fetchOverHttp } : new SimpleFetcher() });
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

/** Of this machine only: the issuer of a developer's laptop has no certificate. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(new URL(url).hostname);
}

async function fetchOverHttp(uri: string): Promise<ArrayBuffer> {
  if (!isLoopback(uri)) throw new NonRetryableFetchError(uri, "http is for this machine only");
  const response = await fetch(uri, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new FetchError(uri, `status ${response.status}`);
  return response.arrayBuffer();
}
