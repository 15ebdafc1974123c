// Identifiers as API Gateway issues them: 11 bytes in URL-safe Base64, so 15 characters and `=` (aws facts §2.5). The first
// eight characters grow with time, the last seven are the connection's, which its message ids therefore share.
import { randomBytes } from "node:crypto";
import type { Clock } from "#local/clock.ts";

const format = /^[A-Za-z0-9_-]{15}=$/;

/** What the ids of one connection end with. */
export interface IdEndings {
  readonly connection: string;
  readonly request: string;
}

export class IdSource {
  readonly #clock: Clock;
  readonly #bytes = Buffer.alloc(6);
  #tick = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  endings(): IdEndings {
    return { connection: ending(), request: ending() };
  }

  /** Unique among all ids with this ending, and later than the ones before. */
  next(ending: string): string {
    // 40 bits of milliseconds and 8 for the ids of the same millisecond.
    this.#tick = Math.max(this.#tick + 1, this.#clock.now() * 256);
    this.#bytes.writeUIntBE(this.#tick % 2 ** 48, 0, 6);
    return `${this.#bytes.toString("base64url")}${ending}=`;
  }
}

export function isConnectionId(text: string): boolean {
  return format.test(text);
}

function ending(): string {
  return randomBytes(5).toString("base64url");
}
