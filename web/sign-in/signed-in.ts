// Somebody who is signed in: their tokens, and how there are always new ones. What the API is shown is in memory alone. The refresh token is
// in sessionStorage, so that reloading does not sign out: it is this tab's, and gone with it. A script that got in could read it there – as
// it could have the page ask for tokens; what keeps scripts out is the page's Content-Security-Policy.
import { SignInNeeded, type TokenWanted } from "#client/tokens.ts";
import type { SignInConfig } from "../page-config.ts";
import type { TabStorage } from "./tab-storage.ts";
import { askForTokens, Refused, type TokenAnswer } from "./token-answer.ts";

export interface SignedInPerson {
  readonly userId: string;
  /** What the issuer calls them. */
  readonly name?: string;
}

interface Kept {
  readonly person: SignedInPerson;
  readonly refreshToken?: string;
}

export interface SignedInPorts {
  readonly config: SignInConfig;
  readonly storage: TabStorage;
  /** Milliseconds since 1970: other clocks stand still while a laptop sleeps. */
  now(): number;
  tokenEndpoint(): Promise<string>;
}

const KEY = "websocket-api.sign-in";
/** A token that is about to expire is not shown any more. */
const SPARE_MS = 30_000;

export class SignedIn {
  readonly person: SignedInPerson;
  readonly #ports: SignedInPorts;
  #refreshToken: string | undefined;
  #token: { readonly text: string; readonly until: number } | undefined;

  /** Who was signed in in this tab before the page was loaded again. */
  static kept(ports: SignedInPorts): SignedIn | undefined {
    try {
      const kept = JSON.parse(ports.storage.getItem(KEY) ?? "null") as Kept | null;
      if (typeof kept?.person.userId === "string" && typeof kept.refreshToken === "string") {
        return new SignedIn(ports, kept.person, kept.refreshToken);
      }
    } catch {
      // not ours, or written by an older version
    }
    return undefined;
  }

  static as(ports: SignedInPorts, person: SignedInPerson, answer: TokenAnswer): SignedIn {
    const signedIn = new SignedIn(ports, person, undefined);
    signedIn.#take(answer);
    return signedIn;
  }

  private constructor(ports: SignedInPorts, person: SignedInPerson, refreshToken: string | undefined) {
    this.#ports = ports;
    this.person = person;
    this.#refreshToken = refreshToken;
  }

  /** For the client. @throws SignInNeeded when the person has to sign in again */
  async token({ fresh }: TokenWanted): Promise<string> {
    const known = this.#token;
    if (!fresh && known !== undefined && known.until > this.#ports.now()) return known.text;
    if (this.#refreshToken === undefined) throw new SignInNeeded("Your sign-in has ended.");
    try {
      const form = { grant_type: "refresh_token", refresh_token: this.#refreshToken };
      const answer = await askForTokens(await this.#ports.tokenEndpoint(), {
        ...form,
        client_id: this.#ports.config.clientId,
      });
      return this.#take(answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.forget();
      throw new SignInNeeded("Your sign-in has ended.");
    }
  }

  forget(): void {
    this.#refreshToken = undefined;
    this.#token = undefined;
    this.#ports.storage.removeItem(KEY);
  }

  /** An issuer may give a new refresh token with each answer, or keep to the first. */
  #take({ idToken, accessToken, refreshToken, expiresInSeconds }: TokenAnswer): string {
    const { config, storage, now } = this.#ports;
    this.#refreshToken = refreshToken ?? this.#refreshToken;
    const kept: Kept = { person: this.person, ...(this.#refreshToken && { refreshToken: this.#refreshToken }) };
    storage.setItem(KEY, JSON.stringify(kept));
    const text = config.token === "id" ? idToken : accessToken;
    if (text === undefined) throw new SignInNeeded("The issuer gave no token of the kind that the chat wants.");
    this.#token = { text, until: now() + expiresInSeconds * 1000 - SPARE_MS };
    return text;
  }
}
