// The stage's access log: one line per handshake, message and disconnect, in the stage's own `$context` format
// (aws facts §8.3). Substituted in a single pass; a variable without a value is `-`.
import type { IntegrationOutcome } from "./integration.ts";

/** What is known of one request when it is over. */
export interface AccessRecord {
  readonly apiId: string;
  readonly stage: string;
  readonly domainName: string;
  readonly routeKey: string | undefined;
  readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly messageId: string | undefined;
  readonly requestId: string;
  readonly requestTime: string;
  readonly requestTimeEpoch: number;
  readonly status: number;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  readonly error: GatewayError | undefined;
  /** undefined when no integration was called. */
  readonly integration: IntegrationOutcome | undefined;
}

export interface GatewayError {
  readonly message: string;
  readonly responseType: string;
}

type Read = (record: AccessRecord) => string | number | undefined;

const variables: Readonly<Record<string, Read>> = {
  apiId: (record) => record.apiId,
  stage: (record) => record.stage,
  domainName: (record) => record.domainName,
  routeKey: (record) => record.routeKey,
  eventType: (record) => record.eventType,
  connectionId: (record) => record.connectionId,
  connectedAt: (record) => record.connectedAt,
  messageId: (record) => record.messageId,
  requestId: (record) => record.requestId,
  extendedRequestId: (record) => record.requestId,
  requestTime: (record) => record.requestTime,
  requestTimeEpoch: (record) => record.requestTimeEpoch,
  status: (record) => record.status,
  "identity.sourceIp": (record) => record.sourceIp,
  "identity.userAgent": (record) => record.userAgent,
  "error.message": (record) => record.error?.message,
  "error.messageString": (record) => record.error && JSON.stringify(record.error.message),
  "error.responseType": (record) => record.error?.responseType,
  "integration.status": (record) => record.integration?.functionStatus(),
  "integration.integrationStatus": (record) => record.integration?.serviceStatus,
  "integration.latency": (record) => record.integration?.latencyMs,
  "integration.requestId": (record) => record.integration?.requestId,
  "integration.error": (record) => record.integration?.errorMessage,
  integrationStatus: (record) => record.integration?.serviceStatus,
  integrationLatency: (record) => record.integration?.latencyMs,
  integrationErrorMessage: (record) => record.integration?.errorMessage,
  awsEndpointRequestId: (record) => record.integration?.requestId,
};

const variable = /\$context\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)/;

/** Compiled once per stage. */
export function compileAccessLog(format: string): (record: AccessRecord) => string {
  // split() with a group: text, name, text, name, ..., text.
  const [first = "", ...rest] = format.split(variable);
  const steps: { readonly read: Read | undefined; readonly text: string }[] = [];
  for (let at = 0; at < rest.length; at += 2) {
    const name = rest[at] ?? "";
    steps.push({ read: Object.hasOwn(variables, name) ? variables[name] : undefined, text: rest[at + 1] ?? "" });
  }
  return (record) => {
    let line = first;
    for (const { read, text } of steps) line += `${read?.(record) ?? "-"}${text}`;
    return line;
  };
}
