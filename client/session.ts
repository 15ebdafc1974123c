// What a connection is told anew each time it opens, because the server knows it by the connection: the name and the rooms.
import type { Ack, Person } from "#protocol/messages.ts";
import { RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";

export interface SessionPorts {
  readonly requests: Pick<Requests, "askHere">;
  joining(room: string): void;
  joined(room: string, ack: Ack<"joinRoom">): void;
  /** A room that will not have us back. */
  expelled(room: string): void;
  /** Everything is as it was. `expiresInSeconds`: how long the server takes us for who we are, where that ends. */
  restored(expiresInSeconds: number | undefined): void;
  problem(error: RequestError): void;
}

export class Session {
  readonly #ports: SessionPorts;
  readonly #rooms = new Set<string>();
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

  entered(room: string): void {
    this.#rooms.add(room);
  }

  left(room: string): void {
    this.#rooms.delete(room);
  }

  /** Rejects when it may work later; what is refused for good is given up and reported. */
  async restore(): Promise<void> {
    const { requests } = this.#ports;
    const [{ user, expiresInSeconds }, named] = await Promise.all([
      requests.askHere({ action: "whoami" }),
      this.#restoreName(),
    ]);
    this.#me = named === undefined ? user : { ...user, name: named };
    await Promise.all([...this.#rooms].map((room) => this.#restoreRoom(room)));
    this.#ports.restored(expiresInSeconds);
  }

  async #restoreName(): Promise<string | undefined> {
    if (this.#name === undefined) return undefined;
    try {
      const { name } = await this.#ports.requests.askHere({ action: "setName", name: this.#name });
      return name;
    } catch (error) {
      this.#giveUpOn(error);
      this.#name = undefined;
      return undefined;
    }
  }

  async #restoreRoom(room: string): Promise<void> {
    try {
      this.#ports.joining(room);
      const ack = await this.#ports.requests.askHere({ action: "joinRoom", room });
      if (this.#rooms.has(room)) this.#ports.joined(room, ack);
    } catch (error) {
      this.#giveUpOn(error);
      this.left(room);
      this.#ports.expelled(room);
    }
  }

  #giveUpOn(error: unknown): void {
    if (!(error instanceof RequestError) || error.retryable) throw error;
    this.#ports.problem(error);
  }
}
