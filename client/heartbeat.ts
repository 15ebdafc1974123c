// Keeps an idle connection from being closed (API Gateway: after 10 minutes without traffic, aws facts §5.3), and notices one
// that is dead although nobody said so: something was sent, and nothing at all came back.
import type { Cancel, Timers } from "./timers.ts";

export const HEARTBEAT = {
  idleMs: 5 * 60_000,
  /** Longer than a Lambda's cold start, shorter than a request's patience, so that the request is sent again in time. */
  silenceMs: 12_000,
} as const;

export interface HeartbeatPorts {
  readonly timers: Timers;
  ping(): void;
  dead(): void;
}

export class Heartbeat {
  readonly #ports: HeartbeatPorts;
  #idle: Cancel | undefined;
  #silence: Cancel | undefined;

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports;
  }

  sent(): void {
    this.#silence ??= this.#ports.timers.after(HEARTBEAT.silenceMs, () => {
      this.stop();
      this.#ports.dead();
    });
  }

  /** Also called when the connection opens, or is another one. */
  received(): void {
    this.stop();
    this.#idle = this.#ports.timers.after(HEARTBEAT.idleMs, () => this.#ports.ping());
  }

  stop(): void {
    this.#idle?.();
    this.#silence?.();
    this.#idle = undefined;
    this.#silence = undefined;
  }
}
