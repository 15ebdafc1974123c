// Who is signed in – now, since before a reload, or just back from the issuer's page.
import type { Client } from "#client/client.ts";
import { byId } from "../element.ts";
import type { SignInConfig } from "../page-config.ts";
import { beginSignIn, completeSignIn, isReturn } from "./code-flow.ts";
import { discover, type Provider } from "./provider.ts";
import { SignInView } from "./sign-in-view.ts";
import { SignedIn, type SignedInPorts } from "./signed-in.ts";

export class SignIn {
  readonly #config: SignInConfig;
  readonly #page = new URL(".", location.href).href;
  readonly #view: SignInView;
  #provider: Promise<Provider> | undefined;

  constructor(config: SignInConfig) {
    this.#config = config;
    this.#view = new SignInView(async () => {
      const { provider, page } = { provider: await this.#discovered(), page: this.#page };
      location.assign(await beginSignIn(provider, config, { page, storage: sessionStorage }));
    });
  }

  /** Somebody is on the way back, or was here before. */
  get isLikely(): boolean {
    return isReturn(new URL(location.href)) || SignedIn.kept(this.#ports) !== undefined;
  }

  /** Undefined: nobody is, and the page now asks for it. */
  async person(): Promise<SignedIn | undefined> {
    try {
      const signedIn = isReturn(new URL(location.href)) ? await this.#returned() : SignedIn.kept(this.#ports);
      if (signedIn === undefined) this.#view.show();
      return signedIn;
    } catch (error) {
      this.#view.show({ failed: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }

  /** Shows whom the person is signed in as, lets them sign out, and asks them to sign in again when tokens are refused. */
  watch(client: Client, signedIn: SignedIn): void {
    byId("account", HTMLElement).hidden = false;
    byId("account-name", HTMLElement).textContent = signedIn.person.name ?? signedIn.person.userId;
    byId("sign-out", HTMLButtonElement).addEventListener("click", () => void this.#signOut(client, signedIn));
    client.on("state", (state) => {
      if (state.status !== "closed" || state.why.refused !== "surely" || state.retryInMs !== undefined) return;
      signedIn.forget();
      this.#view.show({ words: "Sign in again to go on.", failed: state.why.words });
    });
  }

  async #signOut(client: Client, signedIn: SignedIn): Promise<void> {
    signedIn.forget();
    client.close();
    const { endSessionEndpoint } = await this.#discovered().catch(() => ({ endSessionEndpoint: undefined }));
    if (endSessionEndpoint === undefined) return this.#view.show({ words: "You are signed out." });
    const url = new URL(endSessionEndpoint);
    // the second is what OpenID Connect calls it, the third Cognito. No id_token_hint: a token does not belong into an address
    const { clientId } = this.#config;
    const query = { client_id: clientId, post_logout_redirect_uri: this.#page, logout_uri: this.#page };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    location.assign(url.href);
  }

  async #returned(): Promise<SignedIn> {
    const address = new URL(location.href);
    // neither in the history nor in the way of a reload
    history.replaceState(null, "", this.#page);
    const place = { address, page: this.#page, storage: sessionStorage };
    const { person, answer } = await completeSignIn(await this.#discovered(), this.#config, place);
    return SignedIn.as(this.#ports, person, answer);
  }

  get #ports(): SignedInPorts {
    return {
      config: this.#config,
      storage: sessionStorage,
      now: () => Date.now(),
      tokenEndpoint: async () => (await this.#discovered()).tokenEndpoint,
    };
  }

  /** Asked again when it failed. */
  #discovered(): Promise<Provider> {
    this.#provider ??= discover(this.#config.issuer).catch((error: unknown) => {
      this.#provider = undefined;
      throw error;
    });
    return this.#provider;
  }
}
