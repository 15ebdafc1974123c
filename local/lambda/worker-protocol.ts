// What the main thread and a worker thread (`runtime/bootstrap.mjs`) say to each other.

/** What a worker knows from its birth. */
export interface WorkerSettings {
  readonly codeDirectory: string;
  /** What the code directory is a copy of: shown instead of it. */
  readonly copyOf: string | undefined;
  /** ARNs of layers that are not here. */
  readonly missingLayers: readonly string[];
  readonly handler: string;
  /** 24 of `nodejs24.x`. */
  readonly runtimeMajor: number;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly logFormat: "Text" | "JSON";
  readonly applicationLevel: string;
  /** Where requests to `*.execute-api.<region>.amazonaws.com` and the stack's domains go, and requests to any name with this port. */
  readonly gateway: GatewayAddress | undefined;
  /** How far this worker's clock is ahead; 0 without chaos. */
  readonly clockSkewMs?: number;
  /** When it was made, in milliseconds since the epoch; its own clock may begin with it or with the process. */
  readonly bornAt: number;
  /** In shared memory: which of the invocations it has been handed may still be begun. */
  readonly offers: Int32Array;
}

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** Custom domains of the stack, in lower case; `*.example.com` is every name right below. */
  readonly domains?: readonly string[];
}

export interface InvokeMessage {
  readonly kind: "invoke";
  readonly requestId: string;
  /** JSON text, as on the wire: what a function gets is never an object that something else holds too. */
  readonly payload: string;
  /** Alias or version. */
  readonly qualifier?: string | undefined;
  /** Of the offers. */
  readonly slot: number;
}

export type WorkerMessage =
  | { readonly kind: "ready"; readonly initMs: number }
  | ({ readonly kind: "init-error" } & FunctionError)
  | { readonly kind: "result"; readonly payload: string; readonly durationMs: number; readonly memoryMb: number }
  | ({ readonly kind: "error"; readonly durationMs: number; readonly memoryMb: number } & FunctionError & {
        /** The worker cannot be trusted with another event. */
        readonly fatal: boolean;
      })
  | { readonly kind: "log"; readonly timestamp: number; readonly line: string };

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}
