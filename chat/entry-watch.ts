// Looks whether an entry is waiting, while something is pushed that has to stop for it.
import type { Clock, Ports } from "./ports.ts";

/** So often, at most: as long as an entry waits anyway for others that come with it. */
const LOOK_EVERY_MS = 100;

export class EntryWatch {
  readonly #ports: Pick<Ports, "messages"> & { readonly clock: Clock };
  readonly #conversation: string;
  readonly #after: number;
  #lookAt: number;
  #looking: Promise<boolean> | undefined;
  #found = false;

  constructor(ports: Pick<Ports, "messages" | "clock">, conversation: string, after: number) {
    this.#ports = ports;
    this.#conversation = conversation;
    this.#after = after;
    this.#lookAt = ports.clock.now() + LOOK_EVERY_MS;
  }

  /** Asked before each post, so without a promise while there is nothing to wait for. */
  noneWaits(): boolean | Promise<boolean> {
    if (this.#found) return false;
    if (this.#looking !== undefined) return this.#looking;
    if (this.#ports.clock.now() < this.#lookAt) return true;
    // many posts are under way at once: one of them looks
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Where nobody can say, the one who asks stops: the next to look is told why. */
  async #look(): Promise<boolean> {
    const entries = await this.#ports.messages.sentAfter(this.#conversation, this.#after, 1).catch(() => undefined);
    this.#lookAt = this.#ports.clock.now() + LOOK_EVERY_MS;
    this.#found = entries?.length !== 0;
    return !this.#found;
  }
}
