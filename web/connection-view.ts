// The status line and the buttons Open and Close.
import type { Client } from "#client/client.ts";
import type { ConnectionState } from "#client/connection.ts";
import { byId } from "./element.ts";
import { statusInWords } from "./human-words.ts";

export class ConnectionView {
  readonly #status = byId("status", HTMLElement);
  readonly #text = byId("status-text", HTMLElement);
  readonly #detail = byId("status-detail", HTMLElement);
  readonly #open = byId("open", HTMLButtonElement);
  readonly #close = byId("close", HTMLButtonElement);

  constructor(client: Client) {
    this.#open.addEventListener("click", () => {
      client.open();
      byId("message", HTMLTextAreaElement).focus();
    });
    this.#close.addEventListener("click", () => {
      client.close();
      this.#open.focus();
    });
    // Back in the network or at the window: no reason to sit out the delay. What we closed stays closed.
    const retry = () => {
      if (client.state.status === "closed" && client.state.retryInMs !== undefined && !document.hidden) client.open();
    };
    window.addEventListener("online", retry);
    document.addEventListener("visibilitychange", retry);
  }

  show(connection: ConnectionState): void {
    const { state, text, detail } = statusInWords(connection);
    this.#status.dataset.state = state;
    this.#text.textContent = text;
    this.#detail.textContent = detail;
    this.#open.disabled = state === "open" || state === "connecting";
    this.#close.disabled = state === "closed";
  }
}
