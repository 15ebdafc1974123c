import { byId } from "./element.ts";

/** On small screens name, room and people hide behind a button. */
export class SidePanel {
  readonly #button = byId("menu", HTMLButtonElement);
  readonly #panel = byId("sidebar", HTMLElement);

  constructor() {
    this.#button.addEventListener("click", () => this.#show(!this.#isShown));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#isShown) return;
      this.#show(false);
      this.#button.focus();
    });
    byId("scroller", HTMLElement).addEventListener("click", () => this.#show(false));
    byId("composer", HTMLFormElement).addEventListener("focusin", () => this.#show(false));
  }

  hide(): void {
    this.#show(false);
  }

  get #isShown(): boolean {
    return this.#panel.classList.contains("shown");
  }

  #show(shown: boolean): void {
    this.#panel.classList.toggle("shown", shown);
    this.#button.setAttribute("aria-expanded", String(shown));
  }
}
