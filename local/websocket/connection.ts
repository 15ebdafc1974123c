// One open socket: what comes in, what goes out, how long it may live and why it ended.
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Clock } from "#local/clock.ts";
import { binaryRefused, type CloseCause, closedByClient, goingAway, protocolViolation, tooBig } from "./disconnect.ts";
import { FrameMeter } from "./frame-meter.ts";
import type { ConnectionFacts } from "./lambda-event.ts";
import type { GatewayLimits } from "./limits.ts";

export interface ConnectionEvents {
  onText(connection: Connection, text: string): void;
  /** The socket is closed; called once. */
  onClosed(connection: Connection, cause: CloseCause): void;
}

export class Connection {
  readonly facts: ConnectionFacts;
  /** Of the last message in either direction, in milliseconds since the epoch. */
  lastActiveAt: number;
  readonly #webSocket: WebSocket;
  readonly #limits: GatewayLimits;
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #meter: FrameMeter;
  readonly #cancelLife: () => void;
  #cancelIdle: () => void;
  #cancelCut: (() => void) | undefined;
  #messages = 0;
  /** Known as soon as this side, or a broken frame, ends the connection. */
  #cause: CloseCause | undefined;

  constructor(
    facts: ConnectionFacts,
    webSocket: WebSocket,
    socket: Duplex,
    {
      limits,
      clock,
      events,
    }: { readonly limits: GatewayLimits; readonly clock: Clock; readonly events: ConnectionEvents },
  ) {
    this.facts = facts;
    this.#webSocket = webSocket;
    this.#limits = limits;
    this.#clock = clock;
    this.#events = events;
    this.#meter = new FrameMeter(limits.frameBytes);
    this.lastActiveAt = clock.now();
    this.#cancelLife = clock.setTimer(limits.lifeMs, () => this.close(goingAway));
    this.#cancelIdle = clock.setTimer(limits.idleMs, () => this.#checkIdle());
    // Before the listener of `ws`, so that a frame's length is known when its message arrives.
    socket.prependListener("data", (chunk: Buffer) => this.#measure(chunk));
    webSocket.on("message", (data, isBinary) => this.#onMessage(data as Buffer, isBinary));
    webSocket.on("error", (error: Error & { code?: string }) => {
      this.#cause ??= protocolViolation(error.code);
    });
    webSocket.on("close", (code, reason) => this.#onClose(code, reason.toString()));
  }

  /** Whether messages can still be delivered. */
  get open(): boolean {
    return this.#cause === undefined && this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** `slow`: too much waits for this client already, the frame was not taken. */
  send(text: string | Buffer): "sent" | "slow" | "gone" {
    if (!this.open) return "gone";
    if (this.#webSocket.bufferedAmount > this.#limits.clientBufferBytes) return "slow";
    this.lastActiveAt = this.#clock.now();
    this.#webSocket.send(text, { binary: false });
    return "sent";
  }

  close(cause: CloseCause): void {
    if (!this.open) return;
    this.#cause = cause;
    this.#webSocket.close(cause.code, cause.reason);
    this.#cancelCut = this.#clock.setTimer(this.#limits.closeHandshakeMs, () => this.#webSocket.terminate());
  }

  /** Without a close handshake. */
  cut(): void {
    this.#webSocket.terminate();
  }

  #measure(chunk: Buffer): void {
    this.#meter.read(chunk);
    if (this.#meter.oversizedMessage === Number.POSITIVE_INFINITY) return;
    // After `ws` has delivered the messages before it.
    queueMicrotask(() => this.close(tooBig));
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (!this.open) return;
    if (this.#messages++ >= this.#meter.oversizedMessage) this.close(tooBig);
    else if (isBinary) this.close(binaryRefused);
    else {
      this.lastActiveAt = this.#clock.now();
      this.#events.onText(this, data.toString());
    }
  }

  /** One timer, which looks when the last message was, instead of one that every message moves. */
  #checkIdle(): void {
    const left = this.lastActiveAt + this.#limits.idleMs - this.#clock.now();
    if (left <= 0) this.close(goingAway);
    else this.#cancelIdle = this.#clock.setTimer(left, () => this.#checkIdle());
  }

  #onClose(code: number, reason: string): void {
    this.#cancelLife();
    this.#cancelIdle();
    this.#cancelCut?.();
    this.#cause ??= closedByClient(code, reason);
    this.#events.onClosed(this, this.#cause);
  }
}
