// Credentials at hand without asking for every post. Where they come from – environment, container, profile – and how they are
// renewed is the AWS SDK's own business.
import type { Credentials } from "./sigv4/sign-requests.ts";
import type { Timing } from "./timing.ts";

export interface Identity extends Credentials {
  readonly expiration?: Date | undefined;
}

/** A credential provider as SDK clients carry it: `client.config.credentials`. */
export type CredentialProvider = (options?: { readonly forceRefresh?: boolean }) => Promise<Identity>;

/** The SDK renews credentials five minutes before they expire; from then on it is asked again. */
const RENEWED_BEFORE_MS = 5 * 60 * 1000;

export class CachedCredentials {
  readonly #provider: CredentialProvider;
  readonly #timing: Timing;
  #current: Identity | undefined;
  #asked: Promise<Identity> | undefined;
  #outdated = false;

  constructor(provider: CredentialProvider, timing: Timing) {
    this.#provider = provider;
    this.#timing = timing;
  }

  /** At once when they are at hand: a promise for every post would cost more than reading them. */
  get(): Identity | Promise<Identity> {
    const current = this.#current;
    if (
      current &&
      (current.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - RENEWED_BEFORE_MS > this.#timing.now()
    ) {
      return current;
    }
    this.#asked ??= this.#ask();
    return this.#asked;
  }

  /** AWS says that these have expired, whatever they say themselves. */
  discard(credentials: Credentials): void {
    if (this.#current !== credentials) return;
    this.#current = undefined;
    this.#outdated = true;
  }

  async #ask(): Promise<Identity> {
    try {
      this.#current = await this.#provider(this.#outdated ? { forceRefresh: true } : undefined);
      this.#outdated = false;
      return this.#current;
    } finally {
      this.#asked = undefined;
    }
  }
}
