// One line of text that can be changed – the name, the room: applied with Enter, its button, or by leaving the field.
import { byId } from "./element.ts";

export class Setting {
  readonly #form: HTMLFormElement;
  readonly #input: HTMLInputElement;
  readonly #apply: (value: string, previous: string) => void;
  #value = "";

  constructor(id: "name" | "room", apply: (value: string, previous: string) => void) {
    this.#form = byId(`${id}-form`, HTMLFormElement);
    this.#input = byId(id, HTMLInputElement);
    this.#apply = apply;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener("change", () => this.#submit());
    this.#input.addEventListener("input", () => this.#mark());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.value = this.#value;
    });
  }

  get value(): string {
    return this.#value;
  }

  set value(value: string) {
    this.#value = value;
    this.#input.value = value;
    this.#mark();
  }

  /** It is decided elsewhere, and nothing to be asked here. */
  set decided(decided: boolean) {
    this.#form.hidden = decided;
  }

  set usable(usable: boolean) {
    this.#input.disabled = !usable;
  }

  #submit(): void {
    const value = this.#input.value.trim();
    const previous = this.#value;
    this.value = value === "" ? previous : value;
    if (this.#value !== previous) this.#apply(this.#value, previous);
  }

  #mark(): void {
    this.#form.classList.toggle("edited", this.#input.value.trim() !== this.#value);
  }
}
