// Every conversation of this window, of which the page shows one.
import { byId } from "./element.ts";
import { Thread, type ThreadPorts } from "./thread.ts";

export class Threads {
  readonly #ports: ThreadPorts;
  readonly #threads = new Map<string, Thread>();

  constructor(ports: ThreadPorts) {
    this.#ports = ports;
  }

  of(conversation: string): Thread {
    const thread = this.#threads.get(conversation) ?? new Thread(this.#ports);
    this.#threads.set(conversation, thread);
    return thread;
  }

  show(conversation: string): Thread {
    const shown = byId("messages", HTMLOListElement);
    const thread = this.of(conversation);
    if (shown !== thread.list) {
      for (const { name, value } of [...shown.attributes]) thread.list.setAttribute(name, value);
      shown.removeAttribute("id");
      shown.replaceWith(thread.list);
    }
    return thread;
  }

  drop(conversation: string): void {
    this.#threads.delete(conversation);
  }
}
