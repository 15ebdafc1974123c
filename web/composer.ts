// The message box: grows with its text, sends on Enter.
import { LIMITS } from "#protocol/limits.ts";
import { byId } from "./element.ts";
import { toast } from "./toasts.ts";

export class Composer {
  readonly #box = byId("message", HTMLTextAreaElement);
  readonly #button = byId("send", HTMLButtonElement);
  readonly #send: (content: string) => void;

  constructor(send: (content: string) => void) {
    this.#send = send;
    byId("composer", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#box.addEventListener("input", () => this.#fit());
    this.#box.addEventListener("keydown", (event) => {
      // While an input method composes a word, Enter accepts the word.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
  }

  set room(room: string) {
    this.#box.placeholder = `Message #${room}`;
  }

  set usable(usable: boolean) {
    this.#button.disabled = !usable;
  }

  focus(): void {
    this.#box.focus();
  }

  #submit(): void {
    const content = this.#box.value.trim();
    this.focus();
    if (content === "" || this.#button.disabled) return;
    if (bytesInFrame(content) > LIMITS.contentBytes) {
      toast(
        `This message is too long: about ${LIMITS.contentBytes.toLocaleString()} letters fit. Please send it in parts.`,
      );
      return;
    }
    this.#box.value = "";
    this.#fit();
    this.#send(content);
  }

  #fit(): void {
    this.#box.style.height = "auto";
    const border = this.#box.offsetHeight - this.#box.clientHeight;
    this.#box.style.height = `${this.#box.scrollHeight + border}px`;
  }
}

function bytesInFrame(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length - 2;
}
