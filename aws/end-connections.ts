// Ends connections of a user who was banned a moment ago. `$connect` notes a connection before it is open, and until then there is nothing
// to end (aws facts §7.5): such a one is asked for again and again, until its handshake must be over.
import type { Closer } from "#chat/ports.ts";
import type { Device } from "./connection-rows.ts";
import { realTiming, type Timing, wait } from "./timing.ts";

/** API Gateway waits for `$connect` 29 s at most (aws facts §5.1). */
const HANDSHAKE_MS = 30_000;
/** By so much may this machine's clock differ from API Gateway's. */
const CLOCKS_MS = 5_000;
const AGAIN_MS = 500;

export interface Ending {
  readonly closer: Closer;
  /** Those that are still noted: one that is not has ended by itself. */
  noted(): Promise<readonly Device[]>;
  readonly timing?: Timing;
}

export interface Ended {
  readonly ended: number;
  /** Not there, and too old to be still opening. */
  readonly gone: number;
  /** Connections that may be open, and why. */
  readonly failed: ReadonlyMap<string, Error>;
}

/** One that cannot be ended does not keep the others. */
export async function endConnections(
  devices: readonly Device[],
  { closer, noted, timing = realTiming }: Ending,
): Promise<Ended> {
  const until = timing.elapsed() + HANDSHAKE_MS;
  const youngFrom = timing.now() - HANDSHAKE_MS - CLOCKS_MS;
  const failed = new Map<string, Error>();
  let ended = 0;
  let gone = 0;
  let left = devices;
  for (;;) {
    const opening: Device[] = [];
    for (const device of left) {
      try {
        if ((await closer.close(device.connectionId)) === "ended") ended++;
        else if (device.connectedAt >= youngFrom && timing.elapsed() < until) opening.push(device);
        else gone++;
      } catch (error) {
        failed.set(device.connectionId, error as Error);
      }
    }
    if (opening.length === 0) return { ended, gone, failed };
    await wait(timing, AGAIN_MS);
    const still = new Set((await noted()).map(({ connectionId }) => connectionId));
    left = opening.filter(({ connectionId }) => still.has(connectionId));
  }
}
