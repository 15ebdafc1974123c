import type { Chaos } from "#local/chaos/chaos.ts";
import type { Clock } from "#local/clock.ts";
import type { Credentials } from "#local/iam/credentials.ts";
import type { Connections } from "./connections.ts";
import type { ReportFailure } from "./failure.ts";
import type { GatewayLimits } from "./limits.ts";
import type { RequestClock } from "./request-clock.ts";
import type { ServedStages } from "./served-stages.ts";
import type { TokenBucket } from "./throttle.ts";

/** What handshakes, messages, disconnects and the management API share. */
export interface GatewayParts {
  readonly stages: ServedStages;
  /** Of the Host header, beside this machine's names: a custom domain, or the name it was told to listen on. */
  readonly isOwnName: (host: string | undefined) => boolean;
  readonly connections: Connections;
  readonly requests: RequestClock;
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly credentials: Credentials;
  /** Of the stack: what signatures are made for. */
  readonly region: string;
  readonly chaos: Chaos;
  readonly accountBucket: TokenBucket;
  readonly newConnectionsBucket: TokenBucket;
  readonly report: ReportFailure;
}
