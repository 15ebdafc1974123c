// One connection that comes back: dials, keeps alive, and after a loss dials again until it is told to close.
import type { CloseReason } from "./close-reason.ts";
import { Heartbeat } from "./heartbeat.ts";
import { reconnectDelayMs } from "./reconnect.ts";
import { openSocket, type Socket } from "./socket.ts";
import type { Cancel, Timers } from "./timers.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** `closed` without `retryInMs` is final: it was asked for, and only `open()` changes it. */
export type ConnectionState =
  | { readonly status: "connecting" }
  | { readonly status: "open" }
  | { readonly status: "closed"; readonly why: CloseReason; readonly retryInMs?: number };

export interface ConnectionPorts {
  readonly url: string;
  readonly webSocket: WebSocketConstructor;
  readonly timers: Timers;
  readonly random: () => number;
  /** What must be done on a fresh socket before it counts as open. A rejection makes the connection try again later. */
  restore(): Promise<void>;
  ping(): void;
  received(data: unknown): void;
  changed(state: ConnectionState): void;
}

const CLOSED_BY_US: CloseReason = { code: 1000, words: "You closed the connection." };

export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #heartbeat: Heartbeat;
  #state: ConnectionState = { status: "closed", why: { code: 1005, words: "The connection has not been opened yet." } };
  #socket: Socket | undefined;
  #socketIsOpen = false;
  #retry: Cancel | undefined;
  #attempt = 0;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#heartbeat = new Heartbeat({
      timers: ports.timers,
      ping: () => ports.ping(),
      dead: () => this.renew({ code: 1006, words: "The server stopped answering." }),
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Dials now: after `close()`, or instead of waiting out the delay before the next attempt. */
  open(): void {
    if (this.#socket !== undefined) return;
    this.#attempt = 0;
    this.#dial();
  }

  close(): void {
    this.#retry?.();
    this.#retry = undefined;
    const socket = this.#forgetSocket();
    this.#change({ status: "closed", why: CLOSED_BY_US });
    socket?.end(CLOSED_BY_US);
  }

  /** Gives this socket up and dials again. */
  renew(why: CloseReason): void {
    this.#socket?.end(why);
  }

  /** False when there is no open socket to send on. */
  send(text: string): boolean {
    if (this.#socket === undefined || !this.#socketIsOpen) return false;
    this.#socket.send(text);
    this.#heartbeat.sent();
    return true;
  }

  #dial(): void {
    this.#retry?.();
    this.#retry = undefined;
    const socket = openSocket(this.#ports.url, this.#ports.webSocket, {
      opened: () => {
        if (this.#socket === socket) void this.#opened(socket);
      },
      received: (data) => {
        if (this.#socket !== socket) return;
        this.#heartbeat.received();
        this.#ports.received(data);
      },
      closed: (why) => {
        if (this.#socket === socket) this.#lost(why);
      },
    });
    this.#socket = socket;
    this.#change({ status: "connecting" });
  }

  async #opened(socket: Socket): Promise<void> {
    this.#socketIsOpen = true;
    this.#heartbeat.received();
    try {
      await this.#ports.restore();
    } catch (error) {
      const words = `The connection could not be set up. (${error instanceof Error ? error.message : String(error)})`;
      socket.end({ code: 1011, words });
      return;
    }
    if (this.#socket !== socket) return;
    this.#attempt = 0;
    this.#change({ status: "open" });
  }

  #lost(why: CloseReason): void {
    this.#forgetSocket();
    const retryInMs = reconnectDelayMs(this.#attempt, this.#ports.random);
    this.#attempt += 1;
    this.#retry = this.#ports.timers.after(retryInMs, () => this.#dial());
    this.#change({ status: "closed", why, retryInMs });
  }

  #forgetSocket(): Socket | undefined {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#socketIsOpen = false;
    this.#heartbeat.stop();
    return socket;
  }

  #change(state: ConnectionState): void {
    this.#state = state;
    this.#ports.changed(state);
  }
}
