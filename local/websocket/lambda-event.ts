// The events API Gateway hands to a function, as JSON text: exactly the keys of each type, none of them null (aws facts §2).
import type { CalledDomain } from "./custom-domains.ts";
import type { CloseCause } from "./disconnect.ts";
import type { IdEndings } from "./ids.ts";
import type { ServedStage } from "./served-stage.ts";

/** What stays the same for the life of a connection. */
export interface ConnectionFacts {
  readonly id: string;
  readonly endings: IdEndings;
  readonly stage: ServedStage;
  readonly connectedAt: number;
  readonly domainName: string;
  /** Present where the client came by a custom domain. */
  readonly domain?: CalledDomain;
  readonly identity: Identity;
  /** What the authorizer said: `principalId` and its context, on every later event too (aws facts §1.5). */
  readonly authorizer?: Readonly<Record<string, string>>;
}

export interface Identity {
  readonly userAgent?: string;
  readonly sourceIp: string;
  /** Of AWS_IAM. */
  readonly accessKey?: string;
  readonly accountId?: string;
  readonly caller?: string;
  readonly user?: string;
  readonly userArn?: string;
  /** Of a route that requires one. */
  readonly apiKey?: string;
  readonly apiKeyId?: string;
}

export interface RequestFacts {
  readonly requestId: string;
  readonly requestTime: string;
  readonly requestTimeEpoch: number;
}

export interface HandshakeFacts {
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Empty when the URL has no query string. */
  readonly query: Readonly<Record<string, readonly string[]>>;
}

export function connectEvent(
  connection: ConnectionFacts,
  request: RequestFacts,
  { headers, query }: HandshakeFacts,
): string {
  const hasQuery = Object.keys(query).length > 0;
  return JSON.stringify({
    headers: lastValues(headers),
    multiValueHeaders: headers,
    ...(hasQuery && { queryStringParameters: lastValues(query), multiValueQueryStringParameters: query }),
    requestContext: {
      routeKey: "$connect",
      eventType: "CONNECT",
      ...requestContext(connection, request),
    },
    ...stageVariables(connection),
    isBase64Encoded: false,
  });
}

/** What an authorizer is asked; unlike the `$connect` function it sees the headers of the upgrade (aws facts §1.6). */
export function authorizerEvent(
  connection: ConnectionFacts,
  request: RequestFacts,
  { headers, query }: HandshakeFacts,
): string {
  const named = (name: string): string => (connection.domain?.lowerCaseHeaders ? name.toLowerCase() : name);
  const upgrade = { [named("Connection")]: ["upgrade"], [named("Upgrade")]: ["websocket"], "content-length": ["0"] };
  const all = { ...headers, ...upgrade };
  return JSON.stringify({
    type: "REQUEST",
    methodArn: `${connection.stage.arn}/$connect`,
    headers: lastValues(all),
    multiValueHeaders: all,
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: query,
    stageVariables: connection.stage.variables ?? {},
    requestContext: { routeKey: "$connect", eventType: "CONNECT", ...requestContext(connection, request) },
  });
}

export function messageEvent(
  connection: ConnectionFacts,
  request: RequestFacts,
  routeKey: string,
  messageId: string,
  body: string,
): string {
  return JSON.stringify({
    requestContext: { routeKey, messageId, eventType: "MESSAGE", ...requestContext(connection, request) },
    ...stageVariables(connection),
    body,
    isBase64Encoded: false,
  });
}

export function disconnectEvent(connection: ConnectionFacts, request: RequestFacts, cause: CloseCause): string {
  const headers = { Host: connection.domainName, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": "" };
  return JSON.stringify({
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: {
      routeKey: "$disconnect",
      disconnectStatusCode: cause.code,
      eventType: "DISCONNECT",
      disconnectReason: cause.reason,
      ...requestContext(connection, request),
    },
    ...stageVariables(connection),
    isBase64Encoded: false,
  });
}

function requestContext(
  connection: ConnectionFacts,
  { requestId, requestTime, requestTimeEpoch }: RequestFacts,
): object {
  const { id, stage, connectedAt, domainName, identity, authorizer } = connection;
  return {
    ...(authorizer && { authorizer }),
    extendedRequestId: requestId,
    requestTime,
    messageDirection: "IN",
    stage: stage.name,
    connectedAt,
    requestTimeEpoch,
    identity,
    requestId,
    domainName,
    connectionId: id,
    apiId: stage.apiId,
  };
}

function stageVariables({ stage: { variables } }: ConnectionFacts): {
  stageVariables?: Readonly<Record<string, string>>;
} {
  return variables ? { stageVariables: variables } : {};
}

function lastValues(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? ""]));
}
