// The message box: grows with its text, sends on Enter. The same box changes a message that was sent.
import { LIMITS } from "#protocol/limits.ts";
import { byId } from "./element.ts";
import { toast } from "./toasts.ts";

export interface ComposerPorts {
  send(content: string): void;
  /** A key was pressed that made the text another. */
  typing(): void;
  /** The person wants to change what they said last. */
  editLast(): void;
}

interface Editing {
  readonly before: string;
  readonly draft: string;
  save(content: string): void;
}

export class Composer {
  readonly #form = byId("composer", HTMLFormElement);
  readonly #box = byId("message", HTMLTextAreaElement);
  readonly #button = byId("send", HTMLButtonElement);
  readonly #banner = byId("editing", HTMLElement);
  readonly #ports: ComposerPorts;
  #editing: Editing | undefined;

  constructor(ports: ComposerPorts) {
    this.#ports = ports;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("cancel-edit", HTMLButtonElement).addEventListener("click", () => this.stopEditing());
    this.#box.addEventListener("input", () => {
      this.#fit();
      if (this.#box.value !== "" && this.#editing === undefined) this.#ports.typing();
    });
    this.#box.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Whom the next message goes to. */
  set recipient(recipient: string) {
    this.#box.placeholder = `Message ${recipient}`;
  }

  set usable(usable: boolean) {
    this.#button.disabled = !usable;
  }

  focus(): void {
    this.#box.focus();
  }

  /** Puts a message's text into the box; what was being written comes back afterwards. */
  edit(content: string, save: (content: string) => void): void {
    this.#editing = { before: content, draft: this.#editing?.draft ?? this.#box.value, save };
    this.#banner.hidden = false;
    this.#button.textContent = "Save";
    this.#fill(content);
    this.focus();
    this.#box.setSelectionRange(content.length, content.length);
  }

  stopEditing(): void {
    if (this.#editing === undefined) return;
    const { draft } = this.#editing;
    this.#editing = undefined;
    this.#banner.hidden = true;
    this.#button.textContent = "Send";
    this.#fill(draft);
    this.focus();
  }

  #pressed(event: KeyboardEvent): void {
    // While an input method composes a word, its keys are not for us.
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#editing !== undefined) {
      event.stopPropagation();
      this.stopEditing();
    } else if (event.key === "ArrowUp" && this.#box.value === "" && this.#editing === undefined) {
      event.preventDefault();
      this.#ports.editLast();
    }
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
    const editing = this.#editing;
    if (editing === undefined) {
      this.#fill("");
      this.#ports.send(content);
      return;
    }
    this.stopEditing();
    if (content !== editing.before) editing.save(content);
  }

  #fill(text: string): void {
    this.#box.value = text;
    this.#fit();
  }

  #fit(): void {
    const { placeholder } = this.#box;
    // It counts for the browser like text, and is there only until there is some.
    this.#box.placeholder = "";
    this.#box.style.height = "auto";
    const border = this.#box.offsetHeight - this.#box.clientHeight;
    this.#box.style.height = `${this.#box.scrollHeight + border}px`;
    this.#box.placeholder = placeholder;
  }
}

function bytesInFrame(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length - 2;
}
