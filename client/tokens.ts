// Where the client has its tokens from. No token is kept longer than it takes to know it again, and none is in an error's words.
import { LIMITS } from "#protocol/limits.ts";
import { secondsLeft } from "./token-expiry.ts";

export interface TokenWanted {
  /** The last one was refused, or is about to expire: one from a cache will not do. */
  readonly fresh: boolean;
}

/**
 * A function is asked for each connection, and for each renewal on an open one. It throws `SignInNeeded` when there will be no token until
 * the person does something; after any other error it is asked again later. A text is good until it expires, and the connection with it.
 */
export type TokenSource = string | ((wanted: TokenWanted) => string | Promise<string>);

/** The client stops, instead of trying again; `open()` goes on. */
export class SignInNeeded extends Error {
  constructor(message = "Sign in first.", options?: ErrorOptions) {
    super(message, options);
    this.name = "SignInNeeded";
  }
}

/** So many tokens refused in a row are no accident: the user is banned, or the page not allowed. */
const MOST_REFUSALS = 3;

/** What may be an element of Sec-WebSocket-Protocol (RFC 6455 §4.1, RFC 9110 §5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;

export class Tokens {
  readonly #source: TokenSource;
  #current: string | undefined;
  #refused: string | undefined;
  #refusals = 0;
  /** Handshakes in a row that failed without a word of why. */
  #doubts = 0;
  #asked: Promise<string> | undefined;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  /** There will never be another one. */
  get isFixed(): boolean {
    return typeof this.#source === "string";
  }

  /** For a handshake. @throws SignInNeeded when none is left to try */
  async forHandshake(): Promise<readonly string[]> {
    const token = await this.#ask({ fresh: this.#refused !== undefined || isPowerOfTwo(this.#doubts) });
    if (token === this.#refused) throw new SignInNeeded("The server refused this token, and there is no other.");
    this.#current = token;
    return ["bearer", token];
  }

  /** To renew an identity before it ends; undefined when there is none but those that are known. */
  async forRenewal(): Promise<string | undefined> {
    const token = await this.#ask({ fresh: true });
    return token === this.#current || token === this.#refused ? undefined : token;
  }

  /** The one we have shown is surely no good, or no longer. False: there is no point in trying another. */
  refused(token = this.#current): boolean {
    this.#refused = token;
    this.#refusals += 1;
    return !this.isFixed && this.#refusals < MOST_REFUSALS;
  }

  /**
   * It may have been the token. A fresh one is asked for – at once, and ever less often: if it is the server that is away, all its clients
   * would otherwise be at the issuer's door.
   */
  doubted(): void {
    this.#doubts += 1;
  }

  accepted(token = this.#current): void {
    this.#current = token;
    this.#refused = undefined;
    this.#refusals = 0;
    this.#doubts = 0;
  }

  /** Somebody wants to try once more with whatever there is. */
  forgive(): void {
    this.#refused = undefined;
    this.#refusals = 0;
  }

  secondsLeft(nowMs: number): number | undefined {
    return this.#current === undefined ? undefined : secondsLeft(this.#current, nowMs);
  }

  /** One at a time: an issuer may take a refresh token just once. */
  #ask(wanted: TokenWanted): Promise<string> {
    this.#asked ??= this.#get(wanted).finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  async #get(wanted: TokenWanted): Promise<string> {
    const token = typeof this.#source === "string" ? this.#source : await this.#source(wanted);
    if (typeof token !== "string" || !TOKEN.test(token)) {
      throw new SignInNeeded("What was given as token is none: it is empty, or has characters that no token has.");
    }
    if (token.length > LIMITS.tokenCharacters) {
      throw new SignInNeeded(`The token has ${token.length} characters; at most ${LIMITS.tokenCharacters} are taken.`);
    }
    return token;
  }
}

function isPowerOfTwo(count: number): boolean {
  return count > 0 && (count & (count - 1)) === 0;
}
