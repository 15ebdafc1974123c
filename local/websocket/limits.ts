// The numbers of API Gateway, in one place, so that a test or a benchmark can set others (aws facts §5.1, §6).
import type { Throttle } from "#local/stack.ts";

export interface GatewayLimits {
  readonly frameBytes: number;
  readonly messageBytes: number;
  readonly urlCharacters: number;
  readonly idleMs: number;
  readonly lifeMs: number;
  /** Upper bound of every integration's own timeout. */
  readonly integrationMs: number;
  /** Requests of all stages, handshakes, messages and `@connections` calls together; undefined for no limit. */
  readonly account: Throttle | undefined;
  /** New connections of all APIs; undefined for no limit. */
  readonly newConnections: Throttle | undefined;
  /** What may wait for a client that does not read, before posts to it are answered with 429. AWS does not publish its own. */
  readonly clientBufferBytes: number;
  /** How long a client may take to answer a close frame before its socket is cut. */
  readonly closeHandshakeMs: number;
  /** How long the `$disconnect` handlers have when the gateway is closed. */
  readonly shutdownMs: number;
}

export const defaultLimits: GatewayLimits = {
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  urlCharacters: 4096,
  idleMs: 10 * 60_000,
  lifeMs: 2 * 60 * 60_000,
  integrationMs: 29_000,
  account: { burst: 5_000, rate: 10_000 },
  newConnections: { burst: 500, rate: 500 },
  clientBufferBytes: 1024 * 1024,
  closeHandshakeMs: 2_000,
  shutdownMs: 5_000,
};
