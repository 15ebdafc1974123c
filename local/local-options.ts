import type { ChaosOptions } from "./chaos/chaos.ts";
import type { Clock } from "./clock.ts";
import type { GatewayLimits } from "./websocket/limits.ts";

export interface LocalOptions {
  /** A synthesized `cdk.tf.json`, or the output of `terraform show -json`. */
  readonly terraform: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly dynamodbPort?: number;
  /** Another DynamoDB instead of the embedded one. */
  readonly dynamodbEndpoint?: string;
  /** Of Lambda's Invoke. */
  readonly lambdaPort?: number;
  /** Tables are kept there; without it they are in memory. */
  readonly dataDir?: string;
  /** Log files go there: one a log group. Without it to `logs` of `dataDir`, or nowhere. */
  readonly logsDir?: string;
  readonly host?: string;
  /** Takes the lines meant for people. */
  readonly print?: (line: string) => void;
  /** Whether these lines include what the functions log. */
  readonly logs?: boolean;
  readonly limits?: Partial<GatewayLimits>;
  /** Time of the gateway and of Lambda; signatures are always checked against the machine's own, which signers read. */
  readonly clock?: Clock;
  readonly chaos?: ChaosOptions;
  /** false: no signature is verified and no policy evaluated. */
  readonly iam?: boolean;
  /** Takes every change of the Terraform file and of the functions' code, with the sockets kept open. */
  readonly watch?: boolean;
}
