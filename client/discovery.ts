// Asks on each fresh connection which conversations there are: somebody may have written to us for the first time while we were away.
import type { AckFields } from "#protocol/messages.ts";
import { reconnectDelayMs } from "./reconnect.ts";
import { RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";
import type { Cancel, Timers } from "./timers.ts";

export interface DiscoveryPorts {
  readonly timers: Timers;
  readonly random: () => number;
  readonly requests: Pick<Requests, "askHere">;
  found(list: AckFields["conversations"]["conversations"]): void;
  problem(error: RequestError): void;
}

export class Discovery {
  readonly #ports: DiscoveryPorts;
  #retry: Cancel | undefined;

  constructor(ports: DiscoveryPorts) {
    this.#ports = ports;
  }

  /** The connection is set up. */
  begin(): void {
    this.pause();
    void this.#ask(0);
  }

  pause(): void {
    this.#retry?.();
    this.#retry = undefined;
  }

  async #ask(attempt: number): Promise<void> {
    try {
      const { conversations } = await this.#ports.requests.askHere({ action: "conversations" });
      this.#ports.found(conversations);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === "closed") return;
      if (error.retryable) {
        const delayMs = reconnectDelayMs(attempt, this.#ports.random);
        this.#retry = this.#ports.timers.after(delayMs, () => void this.#ask(attempt + 1));
        return;
      }
      // what is pushed is not kept back for a list that will not come
      this.#ports.problem(error);
      this.#ports.found([]);
    }
  }
}
