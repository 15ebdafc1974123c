// A client's socket while its `$connect` handler runs: it is read on, because only a socket that is read tells that the other
// side has gone.
import type { Duplex } from "node:stream";

/** What a client may send before it knows that it is connected; more is not a WebSocket client. */
const maxEarlyBytes = 64 * 1024;

export class PendingUpgrade {
  readonly socket: Duplex;
  /** Whether somebody else reads the socket now. */
  released = false;
  readonly #early: Buffer[];
  #earlyBytes = 0;
  readonly #keep = (chunk: Buffer): void => {
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes > maxEarlyBytes) this.socket.destroy();
  };
  readonly #end = (): void => {
    this.socket.destroy();
  };

  constructor(socket: Duplex, head: Buffer) {
    this.socket = socket;
    this.#early = [head];
    socket.on("error", this.#end);
    socket.on("end", this.#end);
    socket.on("data", this.#keep);
  }

  get gone(): boolean {
    return this.socket.destroyed;
  }

  /** Ends the waiting; the result is what the client has sent by now. */
  release(): Buffer {
    this.released = true;
    this.socket.off("data", this.#keep);
    this.socket.off("end", this.#end);
    this.socket.off("error", this.#end);
    return Buffer.concat(this.#early);
  }
}
