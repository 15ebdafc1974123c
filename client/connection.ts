// One connection that comes back: dials, keeps alive, and after a loss dials again until it is told to close. Before API Gateway would
// end it at its longest duration, it moves to a new socket, without a moment in between in which there is none.
import type { CloseReason } from "./close-reason.ts";
import { Heartbeat } from "./heartbeat.ts";
import { reconnectDelayMs } from "./reconnect.ts";
import { type Dial, openSocket, type Socket } from "./socket.ts";
import { successionDelayMs } from "./succession.ts";
import type { Cancel, Timers } from "./timers.ts";

/** `closed` without `retryInMs` is final: it was asked for, or no token is left to try, and only `open()` changes it. */
export type ConnectionState =
  | { readonly status: "connecting" }
  | { readonly status: "open" }
  | { readonly status: "closed"; readonly why: CloseReason; readonly retryInMs?: number };

export interface ConnectionPorts {
  readonly dial: Dial;
  readonly timers: Timers;
  readonly random: () => number;
  /** What must be done on a fresh socket before it counts as open. A rejection makes the connection try again later. */
  restore(): Promise<void>;
  ping(): void;
  received(data: unknown): void;
  changed(state: ConnectionState): void;
  /** Frames go to another socket from now on, which is still to be set up; answers may come from both. */
  moving(): void;
  /** The other socket is set up – or was lost, and everything is as before. */
  moved(): void;
  /** The token we showed is no good, as far as can be told. False: there is no point in trying again. */
  refused(how: "surely" | "perhaps"): boolean;
}

const CLOSED_BY_US: CloseReason = { code: 1000, words: "You closed the connection." };
const REPLACED: CloseReason = { code: 1000, words: "The connection was replaced by a new one." };

export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #heartbeat: Heartbeat;
  #state: ConnectionState = { status: "closed", why: { code: 1005, words: "The connection has not been opened yet." } };
  #socket: Socket | undefined;
  #socketIsOpen = false;
  /** On its way to take the place of the present one. */
  #successor: Socket | undefined;
  /** The one before, until its successor is set up. */
  #predecessor: Socket | undefined;
  #retry: Cancel | undefined;
  #succession: Cancel | undefined;
  #attempt = 0;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#heartbeat = new Heartbeat({
      timers: ports.timers,
      ping: () => ports.ping(),
      dead: () => this.abandon({ code: 1006, words: "The server stopped answering." }),
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
    const sockets = this.#forgetSockets();
    this.#change({ status: "closed", why: CLOSED_BY_US });
    for (const socket of sockets) socket.end(CLOSED_BY_US);
  }

  /** Gives this socket up and dials again. */
  abandon(why: CloseReason): void {
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
    this.#socket = this.#openSocket();
    this.#change({ status: "connecting" });
  }

  #openSocket(): Socket {
    const socket: Socket = openSocket(this.#ports.dial, {
      opened: () => {
        if (socket === this.#socket) void this.#setUp(socket);
        if (socket === this.#successor) void this.#moveTo(socket);
      },
      received: (data) => {
        if (socket !== this.#socket && socket !== this.#predecessor) return;
        this.#heartbeat.received();
        this.#ports.received(data);
      },
      closed: (why) => this.#closed(socket, why),
    });
    return socket;
  }

  async #setUp(socket: Socket): Promise<void> {
    this.#socketIsOpen = true;
    this.#heartbeat.received();
    if (!(await this.#restored(socket))) return;
    this.#attempt = 0;
    this.#succeedIn(successionDelayMs(this.#ports.random));
    this.#change({ status: "open" });
  }

  async #moveTo(socket: Socket): Promise<void> {
    this.#successor = undefined;
    this.#predecessor = this.#socket;
    this.#socket = socket;
    this.#ports.moving();
    if (!(await this.#restored(socket))) return;
    this.#attempt = 0;
    this.#succeedIn(successionDelayMs(this.#ports.random));
    const predecessor = this.#predecessor;
    this.#predecessor = undefined;
    this.#ports.moved();
    predecessor?.end(REPLACED);
  }

  /** False when the socket did not become usable; it is closed then. */
  async #restored(socket: Socket): Promise<boolean> {
    try {
      await this.#ports.restore();
    } catch (error) {
      const words = `The connection could not be set up. (${error instanceof Error ? error.message : String(error)})`;
      socket.end({ code: 1011, words });
    }
    return socket === this.#socket;
  }

  #closed(socket: Socket, how: CloseReason): void {
    const hopeless = how.refused !== undefined && !how.final && !this.#ports.refused(how.refused);
    const why = hopeless ? { ...how, final: true as const } : how;
    if (socket === this.#predecessor) this.#predecessor = undefined;
    if (socket === this.#successor) {
      this.#successor = undefined;
      this.#succeedIn(this.#nextDelayMs());
    }
    if (socket !== this.#socket) return;
    if (this.#predecessor === undefined) this.#lost(why);
    else this.#moveBack(this.#predecessor);
  }

  #moveBack(predecessor: Socket): void {
    this.#socket = predecessor;
    this.#predecessor = undefined;
    this.#heartbeat.received();
    this.#succeedIn(this.#nextDelayMs());
    this.#ports.moving();
    this.#ports.moved();
  }

  #succeedIn(delayMs: number): void {
    this.#succession = this.#ports.timers.after(delayMs, () => {
      this.#successor = this.#openSocket();
    });
  }

  #lost(why: CloseReason): void {
    const sockets = this.#forgetSockets();
    if (why.final) {
      this.#change({ status: "closed", why });
      for (const socket of sockets) socket.end(why);
      return;
    }
    const retryInMs = this.#nextDelayMs();
    this.#retry = this.#ports.timers.after(retryInMs, () => this.#dial());
    this.#change({ status: "closed", why, retryInMs });
    for (const socket of sockets) socket.end(why);
  }

  #nextDelayMs(): number {
    const delayMs = reconnectDelayMs(this.#attempt, this.#ports.random);
    this.#attempt += 1;
    return delayMs;
  }

  #forgetSockets(): readonly Socket[] {
    const sockets = [this.#socket, this.#successor, this.#predecessor].filter((socket) => socket !== undefined);
    this.#socket = undefined;
    this.#successor = undefined;
    this.#predecessor = undefined;
    this.#socketIsOpen = false;
    this.#succession?.();
    this.#succession = undefined;
    this.#heartbeat.stop();
    return sockets;
  }

  #change(state: ConnectionState): void {
    this.#state = state;
    this.#ports.changed(state);
  }
}
