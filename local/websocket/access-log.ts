// The stage's access log: one line per handshake, message and disconnect, in the stage's own `$context` format
// (aws facts §8.3). Substituted in a single pass; a variable without a value is `-`.
import type { Phases } from "./authorization.ts";
import type { IntegrationOutcome } from "./integration.ts";
import type { ConnectionFacts, RequestFacts } from "./lambda-event.ts";

/** What is known of one request when it is over. */
export interface AccessRecord extends RequestFacts, RequestOutcome {
  readonly connection: ConnectionFacts;
}

export interface RequestOutcome {
  readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  readonly routeKey: string | undefined;
  readonly status: number;
  readonly messageId?: string | undefined;
  readonly error?: GatewayError | undefined;
  /** undefined when no integration was called. */
  readonly integration?: IntegrationOutcome | undefined;
  /** Of a handshake with authorization. */
  readonly phases?: Phases | undefined;
}

export interface GatewayError {
  readonly message: string;
  /** As REST APIs call their gateway responses. */
  readonly responseType: string;
  /** What is wrong with a body that does not match its model. */
  readonly validation?: string | undefined;
}

type Read = (record: AccessRecord) => string | number | undefined;

const variables: Readonly<Record<string, Read>> = {
  apiId: ({ connection }) => connection.stage.apiId,
  stage: ({ connection }) => connection.stage.name,
  domainName: ({ connection }) => connection.domainName,
  routeKey: (record) => record.routeKey,
  eventType: (record) => record.eventType,
  connectionId: ({ connection }) => connection.id,
  connectedAt: ({ connection }) => connection.connectedAt,
  messageId: (record) => record.messageId,
  requestId: (record) => record.requestId,
  extendedRequestId: (record) => record.requestId,
  requestTime: (record) => record.requestTime,
  requestTimeEpoch: (record) => record.requestTimeEpoch,
  status: (record) => record.status,
  "identity.sourceIp": ({ connection }) => connection.identity.sourceIp,
  "identity.userAgent": ({ connection }) => connection.identity.userAgent,
  "identity.accountId": ({ connection }) => connection.identity.accountId,
  "identity.caller": ({ connection }) => connection.identity.caller,
  "identity.user": ({ connection }) => connection.identity.user,
  "identity.userArn": ({ connection }) => connection.identity.userArn,
  "identity.apiKey": ({ connection }) => connection.identity.apiKey,
  "identity.apiKeyId": ({ connection }) => connection.identity.apiKeyId,
  "error.message": ({ error }) => error?.message,
  "error.messageString": ({ error }) => error && JSON.stringify(error.message),
  "error.responseType": ({ error }) => error?.responseType,
  "error.validationErrorString": ({ error }) => error?.validation,
  "authenticate.error": ({ phases }) => phases?.authenticate?.error,
  "authenticate.latency": ({ phases }) => phases?.authenticate?.latencyMs,
  "authenticate.status": ({ phases }) => phases?.authenticate?.status,
  "authorize.error": ({ phases }) => phases?.authorize?.error,
  "authorize.latency": ({ phases }) => phases?.authorize?.latencyMs,
  "authorize.status": ({ phases }) => phases?.authorize?.status,
  "authorizer.error": ({ phases }) => phases?.authorizer?.error,
  "authorizer.latency": ({ phases }) => phases?.authorizer?.latencyMs,
  "authorizer.status": ({ phases }) => phases?.authorizer?.status,
  "authorizer.requestId": ({ phases }) => phases?.authorizer?.call?.requestId,
  "authorizer.integrationLatency": ({ phases }) => phases?.authorizer?.call?.latencyMs,
  "authorizer.integrationStatus": ({ phases }) => phases?.authorizer?.call?.serviceStatus,
  "integration.status": ({ integration }) => integration?.functionStatus(),
  "integration.integrationStatus": ({ integration }) => integration?.serviceStatus,
  "integration.latency": ({ integration }) => integration?.latencyMs,
  "integration.requestId": ({ integration }) => integration?.requestId,
  "integration.error": ({ integration }) => integration?.errorMessage,
  integrationStatus: ({ integration }) => integration?.serviceStatus,
  integrationLatency: ({ integration }) => integration?.latencyMs,
  integrationErrorMessage: ({ integration }) => integration?.errorMessage,
  awsEndpointRequestId: ({ integration }) => integration?.requestId,
  ...Object.fromEntries(alwaysAbsent().map((name) => [name, () => undefined])),
};

/** Variables of what there is not: an organisation, Cognito identities, and a firewall, which no WebSocket API can have (§8.5). */
function alwaysAbsent(): string[] {
  const cognito = ["AuthenticationProvider", "AuthenticationType", "IdentityId", "IdentityPoolId"];
  return [
    "identity.principalOrgId",
    ...cognito.map((name) => `identity.cognito${name}`),
    ...["error", "latency", "status"].map((name) => `waf.${name}`),
  ];
}

/** What an authorizer said of its own: `authorizer.principalId`, `authorizer.<key of its context>`. */
function authorizerValue(name: string): Read | undefined {
  const [, key] = name.match(/^authorizer\.(.+)$/) ?? [];
  if (key === undefined) return undefined;
  return ({ connection: { authorizer } }) =>
    authorizer && Object.hasOwn(authorizer, key) ? authorizer[key] : undefined;
}

const variable = /\$context\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)/;
const maxFormatBytes = 3 * 1024;

/** What AWS would refuse to set (aws facts §8.3, §5.1). */
export function accessLogProblems(format: string): string[] {
  const problems: string[] = [];
  const names = namesIn(format);
  if (!names.includes("requestId") && !names.includes("extendedRequestId"))
    problems.push("format has neither $context.requestId nor $context.extendedRequestId, one of which AWS asks for");
  if (/[\r\n]/.test(format.trim())) problems.push("format has several lines; AWS takes one");
  const bytes = Buffer.byteLength(format);
  if (bytes > maxFormatBytes) problems.push(`format has ${bytes} bytes; AWS takes up to ${maxFormatBytes}`);
  return problems;
}

/** Names in the format that are no variables of a WebSocket API: they are logged as `-`. */
export function unknownVariables(format: string): string[] {
  return namesIn(format).filter((name) => !Object.hasOwn(variables, name) && !authorizerValue(name));
}

function namesIn(format: string): string[] {
  return [...new Set([...format.matchAll(new RegExp(variable, "g"))].map(([, name = ""]) => name))];
}

/** Compiled once per stage. */
export function compileAccessLog(format: string): (record: AccessRecord) => string {
  // split() with a group: text, name, text, name, ..., text.
  const [first = "", ...rest] = format.split(variable);
  const steps: { readonly read: Read | undefined; readonly text: string }[] = [];
  for (let at = 0; at < rest.length; at += 2) {
    const name = rest[at] ?? "";
    const read = Object.hasOwn(variables, name) ? variables[name] : authorizerValue(name);
    steps.push({ read, text: rest[at + 1] ?? "" });
  }
  return (record) => {
    let line = first;
    for (const { read, text } of steps) line += `${read?.(record) ?? "-"}${text}`;
    return line;
  };
}
