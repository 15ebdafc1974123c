// What a connection is told anew each time it opens, because the server knows it by the connection: the name and the rooms.
import type { Person } from "#protocol/messages.ts";
import { isFinal, type RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";
import type { Rooms } from "./rooms.ts";

export interface SessionPorts {
  readonly requests: Pick<Requests, "askHere">;
  readonly rooms: Pick<Rooms, "restore">;
  /** Everything is as it was. `expiresInSeconds`: how long the server takes us for who we are, where that ends. */
  restored(expiresInSeconds: number | undefined): void;
  problem(error: RequestError): void;
}

export class Session {
  readonly #ports: SessionPorts;
  #name: string | undefined;
  #me: Person | undefined;

  constructor(ports: SessionPorts, name: string | undefined) {
    this.#ports = ports;
    this.#name = name;
  }

  /** Who the server says we are; undefined before the first connection is set up. */
  get me(): Person | undefined {
    return this.#me;
  }

  named(name: string): void {
    this.#name = name;
    if (this.#me !== undefined) this.#me = { ...this.#me, name };
  }

  /** Rejects when it may work later; what is refused for good is given up and reported. */
  async restore(): Promise<void> {
    const { requests, rooms, restored } = this.#ports;
    const [{ user, expiresInSeconds }, named] = await Promise.all([
      requests.askHere({ action: "whoami" }),
      this.#restoreName(),
    ]);
    this.#me = named === undefined ? user : { ...user, name: named };
    await rooms.restore();
    restored(expiresInSeconds);
  }

  async #restoreName(): Promise<string | undefined> {
    if (this.#name === undefined) return undefined;
    try {
      const { name } = await this.#ports.requests.askHere({ action: "setName", name: this.#name });
      return name;
    } catch (error) {
      if (!isFinal(error)) throw error;
      this.#ports.problem(error);
      this.#name = undefined;
      return undefined;
    }
  }
}
