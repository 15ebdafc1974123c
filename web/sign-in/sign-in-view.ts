// What stands in place of the chat until somebody has signed in.
import { byId } from "../element.ts";

export class SignInView {
  readonly #view = byId("sign-in", HTMLElement);
  readonly #app = byId("app", HTMLElement);
  readonly #words = byId("sign-in-words", HTMLElement);
  readonly #failed = byId("sign-in-failed", HTMLElement);
  readonly #button = byId("sign-in-button", HTMLButtonElement);

  /** @param signIn leaves the page; rejects with words for people when it cannot */
  constructor(signIn: () => Promise<void>) {
    this.#button.addEventListener("click", () => {
      this.#button.disabled = true;
      signIn().catch((error: unknown) => {
        this.#button.disabled = false;
        this.#fail(error instanceof Error ? error.message : String(error));
      });
    });
    // back from the issuer's page by the browser's own button: the page is as it was left
    window.addEventListener("pageshow", () => {
      this.#button.disabled = false;
    });
  }

  show({ words, failed }: { readonly words?: string; readonly failed?: string | undefined } = {}): void {
    this.#app.hidden = true;
    this.#view.hidden = false;
    if (words !== undefined) this.#words.textContent = words;
    this.#fail(failed ?? "");
    // who was in the middle of something goes on with a key; who just came is not shown a ring around the one thing there is
    if (words !== undefined || failed !== undefined) this.#button.focus();
  }

  #fail(words: string): void {
    this.#failed.textContent = words;
    this.#failed.hidden = words === "";
  }
}
