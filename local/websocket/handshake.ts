// From an upgrade request to an open connection or a refusal (aws facts §1.2, §1.3). The upgrade stays pending until the
// `$connect` integration has answered.
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import { closedByClient } from "./disconnect.ts";
import { runDisconnect } from "./disconnect-route.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { handshakeFacts, sourceIp } from "./handshake-facts.ts";
import { handshakeProblem, hostProblem } from "./handshake-problem.ts";
import { answerSocket, forbidden, type HttpAnswer, tooManyHandshakes } from "./http-answer.ts";
import type { IntegrationOutcome } from "./integration.ts";
import { type ConnectionFacts, connectEvent } from "./lambda-event.ts";
import { PendingUpgrade } from "./pending-upgrade.ts";
import { recordAccess } from "./record-access.ts";
import { parseRequestPath } from "./request-path.ts";
import type { ServedStage } from "./served-stage.ts";

export interface HandshakeOptions extends GatewayParts {
  readonly server: WebSocketServer;
  onOpen(facts: ConnectionFacts, webSocket: WebSocket, socket: Duplex): void;
}

export async function handleUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: HandshakeOptions,
): Promise<void> {
  const pending = new PendingUpgrade(socket, head);
  const stage = requestedStage(request, options);
  if ("status" in stage) return answerSocket(socket, stage);
  const facts = connectionFacts(request, stage, options);
  const outcome = await connect(request, facts, options);
  if ("status" in outcome) return answerSocket(socket, outcome);
  if (pending.gone) return clientLeft(facts, options);
  // From here on `ws` reads the socket, with what came early in front.
  open(request, pending, facts, outcome.protocol, options);
}

function requestedStage(request: IncomingMessage, { stages, limits }: HandshakeOptions): ServedStage | HttpAnswer {
  const problem = hostProblem(request) ?? handshakeProblem(request, limits.urlCharacters);
  if (problem) return problem;
  const path = parseRequestPath(request.url ?? "");
  if (!path || path.connectionId !== undefined) return forbidden;
  const [stage, ...others] = stages.find(request.headers.host, path.stage);
  if (!stage?.deployed) return forbidden;
  if (others.length === 0) return stage;
  const names = [stage, ...others].map(({ apiId }) => `${apiId}.localhost`).join(", ");
  return {
    ...forbidden,
    message: `Several APIs have a stage "${path.stage}": say which one by the host name (${names})`,
  };
}

function connectionFacts(
  request: IncomingMessage,
  stage: ServedStage,
  { requests, clock }: HandshakeOptions,
): ConnectionFacts {
  const endings = requests.ids.endings();
  const userAgent = request.headers["user-agent"];
  return {
    id: requests.ids.next(endings.connection),
    endings,
    stage,
    connectedAt: clock.now(),
    domainName: request.headers.host ?? "",
    identity: { ...(userAgent !== undefined && { userAgent }), sourceIp: sourceIp(request) },
  };
}

type Accepted = { readonly protocol: string | undefined };

/** Throttles and runs the `$connect` route; an API without one accepts everybody. */
async function connect(
  request: IncomingMessage,
  facts: ConnectionFacts,
  { requests, clock, accountBucket, newConnectionsBucket }: HandshakeOptions,
): Promise<Accepted | HttpAnswer> {
  const requestFacts = requests.newRequest(facts.endings);
  const route = facts.stage.connect;
  const allowed = newConnectionsBucket.take() && (route?.bucket.take() ?? true) && accountBucket.take();
  const integration = allowed
    ? await route?.call(connectEvent(facts, requestFacts, handshakeFacts(request, clock)))
    : undefined;
  const answer = allowed ? connectAnswer(integration) : tooManyHandshakes;
  const refused = "status" in answer;
  recordAccess(facts, requestFacts, {
    eventType: "CONNECT",
    routeKey: "$connect",
    status: refused ? answer.status : 200,
    error: refused
      ? { message: answer.message ?? "", responseType: allowed ? "INTEGRATION_FAILURE" : "THROTTLED" }
      : undefined,
    integration,
  });
  return answer;
}

/** What the client sees of the integration's outcome: the table of aws facts §1.3. */
function connectAnswer(integration: IntegrationOutcome | undefined): Accepted | HttpAnswer {
  if (!integration) return { protocol: undefined };
  switch (integration.kind) {
    case "timed-out":
      return { status: 504, message: "Endpoint request timed out" };
    case "not-permitted":
      return { status: 500, message: "Internal server error" };
    case "failed":
      return { status: 502, message: "Internal server error" };
    case "answered": {
      const status = integration.functionStatus();
      if (status === undefined || status < 200) return { status: 502, message: "Internal server error" };
      if (status > 299) return { status, message: STATUS_CODES[status] ?? "Unknown" };
      return { protocol: returnedProtocol(integration.result()?.headers) };
    }
  }
}

/** The only header of a `$connect` result that reaches the client, its name in any case (aws facts §1.4). */
function returnedProtocol(headers: unknown): string | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const [, value] = Object.entries(headers).find(([name]) => name.toLowerCase() === "sec-websocket-protocol") ?? [];
  // It goes into the head of an HTTP response.
  return typeof value === "string" && /^[\x20-\x7e]+$/.test(value) ? value : undefined;
}

/**
 * The handler said yes to a client that has left: it gets a `$disconnect`, because it may have stored the connection. AWS's
 * behaviour there is not documented.
 */
async function clientLeft(facts: ConnectionFacts, options: HandshakeOptions): Promise<void> {
  await runDisconnect(facts, closedByClient(1006, ""), options);
}

function open(
  request: IncomingMessage,
  pending: PendingUpgrade,
  facts: ConnectionFacts,
  protocol: string | undefined,
  { server, onOpen }: HandshakeOptions,
): void {
  const { socket } = pending;
  const head = pending.release();
  // `ws` would pick the first protocol offered; API Gateway sends the one the function returned, even unasked.
  delete request.headers["sec-websocket-protocol"];
  const addProtocol = (headers: string[]): void => {
    if (protocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
  };
  server.once("headers", addProtocol);
  server.handleUpgrade(request, socket, head, (webSocket) => onOpen(facts, webSocket, socket));
  server.off("headers", addProtocol);
}
