// The status line, the buttons Open and Close, and what stands below while no connection comes about.
import type { Client } from "#client/client.ts";
import type { ConnectionState } from "#client/connection.ts";
import { byId } from "./element.ts";
import { failedAfter, statusInWords } from "./human-words.ts";

export class ConnectionView {
  readonly #status = byId("status", HTMLElement);
  readonly #text = byId("status-text", HTMLElement);
  readonly #detail = byId("status-detail", HTMLElement);
  readonly #open = byId("open", HTMLButtonElement);
  readonly #close = byId("close", HTMLButtonElement);
  readonly #notice = byId("notice", HTMLElement);
  readonly #noticeText = byId("notice-text", HTMLElement);
  readonly #again = byId("try-again", HTMLButtonElement);
  #failed = 0;

  constructor(client: Client) {
    this.#open.addEventListener("click", () => {
      client.open();
      byId("message", HTMLTextAreaElement).focus();
    });
    this.#again.addEventListener("click", () => client.open());
    this.#close.addEventListener("click", () => {
      client.close();
      this.#open.focus();
    });
    // Back in the network or at the window: no reason to sit out the delay. What we closed stays closed.
    const retry = () => {
      if (client.state.status === "closed" && client.state.retryInMs !== undefined && !document.hidden) client.open();
    };
    window.addEventListener("online", retry);
    window.addEventListener("offline", () => this.#draw(client.state));
    document.addEventListener("visibilitychange", retry);
  }

  show(connection: ConnectionState): void {
    this.#failed = failedAfter(this.#failed, connection);
    this.#draw(connection);
  }

  #draw(connection: ConnectionState): void {
    const attempts = { failed: this.#failed, isOnline: navigator.onLine };
    const { state, text, detail, notice } = statusInWords(connection, attempts);
    this.#status.dataset.state = state;
    say(this.#text, text);
    say(this.#detail, detail);
    this.#open.disabled = state === "open" || state === "connecting";
    this.#close.disabled = state === "closed";
    if (notice === "" && document.activeElement === this.#again) byId("message", HTMLTextAreaElement).focus();
    say(this.#noticeText, notice);
    this.#notice.hidden = notice === "";
  }
}

/** What is said already is not said again: a screen reader would read it out with each attempt. */
function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
