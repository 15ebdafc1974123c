// Lets the others know that somebody is typing: at most once in three seconds for each conversation, however many keys are pressed.
import type { Target } from "#protocol/messages.ts";
import { RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";
import type { Cancel, Timers } from "./timers.ts";

export const TYPING_QUIET_MS = 3_000;

export interface TypingPorts {
  readonly timers: Timers;
  readonly requests: Pick<Requests, "askHere">;
}

export class Typing {
  readonly #ports: TypingPorts;
  readonly #quiet = new Map<string, Cancel>();

  constructor(ports: TypingPorts) {
    this.#ports = ports;
  }

  show(to: Target): void {
    const key = JSON.stringify(to);
    if (this.#quiet.has(key)) return;
    this.#quiet.set(
      key,
      this.#ports.timers.after(TYPING_QUIET_MS, () => this.#quiet.delete(key)),
    );
    this.#ports.requests.askHere({ action: "typing", to }).catch((error: unknown) => {
      // a sign of life that is not repeated; whether it arrives makes no difference to anything
      if (!(error instanceof RequestError)) throw error;
    });
  }

  /** What was being typed was sent: the next key begins anew. */
  done(to: Target): void {
    const key = JSON.stringify(to);
    this.#quiet.get(key)?.();
    this.#quiet.delete(key);
  }

  pause(): void {
    for (const cancel of this.#quiet.values()) cancel();
    this.#quiet.clear();
  }
}
