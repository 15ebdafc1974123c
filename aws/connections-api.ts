// One signed POST to `@connections`, and what its answer says.
import { CachedCredentials, type CredentialProvider } from "./cached-credentials.ts";
import { ClockOffset } from "./clock-offset.ts";
import type { HttpAnswer } from "./http/http-answer.ts";
import { HttpPool } from "./http/http-pool.ts";
import { errorType, type PostAnswer, postAnswer } from "./post-answer.ts";
import type { PostFrame, PostTarget } from "./post-frame.ts";
import { escapeUri } from "./sigv4/escape-uri.ts";
import type { Credentials } from "./sigv4/sign-requests.ts";
import { SigningKeys } from "./sigv4/signing-key.ts";
import type { Timing } from "./timing.ts";

/** Any client of the AWS SDK: it knows the region, and how credentials are found and renewed. */
export interface SdkClient {
  readonly config: { readonly region: () => Promise<string>; readonly credentials: CredentialProvider };
}

export interface ConnectionsApiSettings {
  readonly endpoint: URL;
  readonly client: SdkClient;
  readonly sockets: number;
  readonly timing: Timing;
}

/** Below what servers in front of HTTP APIs usually allow (60 s). */
const IDLE_MS = 20_000;

export class ConnectionsApi {
  readonly #client: SdkClient;
  readonly #timing: Timing;
  readonly #endpoint: URL;
  readonly #pathPrefix: string;
  readonly #pool: HttpPool;
  readonly #credentials: CachedCredentials;
  readonly #offset = new ClockOffset();
  #target: PostTarget | undefined;

  constructor({ endpoint, client, sockets, timing }: ConnectionsApiSettings) {
    this.#client = client;
    this.#timing = timing;
    this.#endpoint = endpoint;
    this.#pathPrefix = `${endpoint.pathname.replace(/\/+$/, "")}/@connections/`;
    this.#pool = new HttpPool({ origin: endpoint, sockets, idleMs: IDLE_MS, timing });
    this.#credentials = new CachedCredentials(client.config.credentials, timing);
  }

  /** Never rejects. What a second signature can undo – a wrong clock, an expired token – is undone here. */
  async post(connectionId: string, frame: PostFrame, timeoutMs: number, signedAgain = false): Promise<PostAnswer> {
    let signing: { readonly target: PostTarget; readonly credentials: Credentials };
    try {
      signing = { target: this.#target ?? (await this.#openTarget()), credentials: await this.#credentials.get() };
    } catch (error) {
      return { kind: "refused", cause: new Error(`Posts cannot be signed: ${messageOf(error)}`, { cause: error }) };
    }
    const { target, credentials } = signing;
    const path = this.#pathPrefix + escapeUri(connectionId);
    const signedAt = this.#timing.now() + this.#offset.ms;
    const startedAt = this.#timing.elapsed();
    let answer: HttpAnswer;
    try {
      answer = await this.#pool.request(frame.head(path, target, credentials, signedAt), frame.body, timeoutMs);
    } catch (error) {
      return { kind: "unavailable", cause: error as Error };
    }
    if (answer.status === 403 && !signedAgain && this.#learns(answer, credentials, signedAt)) {
      const leftMs = Math.ceil(timeoutMs - (this.#timing.elapsed() - startedAt));
      if (leftMs > 0) return this.post(connectionId, frame, leftMs, true);
    }
    return postAnswer(answer, this.#endpoint.href);
  }

  close(): void {
    this.#pool.close();
  }

  async #openTarget(): Promise<PostTarget> {
    const region = await this.#client.config.region();
    this.#target ??= { host: this.#endpoint.host, region, keys: new SigningKeys() };
    return this.#target;
  }

  /** True when the next signature differs from the refused one in what was wrong with it. */
  #learns(answer: HttpAnswer, credentials: Credentials, signedAt: number): boolean {
    if (errorType(answer).startsWith("ExpiredToken")) {
      this.#credentials.discard(credentials);
      return true;
    }
    return this.#offset.learn(answer.headers.get("date"), signedAt, this.#timing.now());
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
