// From an upgrade request to an open connection or a refusal (aws facts §1.2, §1.3). The upgrade stays pending until the
// `$connect` integration has answered.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import { foreignHost } from "#local/host-check.ts";
import { type Accepted, runConnect } from "./connect-route.ts";
import { closedByClient } from "./disconnect.ts";
import { runDisconnect } from "./disconnect-route.ts";
import { internalError } from "./failure.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { sourceIp } from "./handshake-facts.ts";
import { handshakeProblem } from "./handshake-problem.ts";
import { answerSocket, forbidden, type HttpAnswer } from "./http-answer.ts";
import type { ConnectionFacts } from "./lambda-event.ts";
import { PendingUpgrade } from "./pending-upgrade.ts";
import type { StageTarget } from "./request-target.ts";
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
  try {
    await shakeHands(request, pending, options);
  } catch (error) {
    options.report("a handshake", error);
    // Once it is a WebSocket, nothing can be said in HTTP any more.
    if (pending.released) socket.destroy();
    else answerSocket(socket, internalError);
  }
}

async function shakeHands(request: IncomingMessage, pending: PendingUpgrade, options: HandshakeOptions): Promise<void> {
  const { socket } = pending;
  const requested = requestedStage(request, options);
  if ("status" in requested) return answerSocket(socket, requested);
  const facts = connectionFacts(request, requested, options);
  const outcome = await runConnect(request, facts, options);
  if (outcome.refusal) return answerSocket(socket, outcome.refusal.answer);
  if (pending.gone) return clientLeft(outcome.connection, options);
  // From here on `ws` reads the socket, with what came early in front.
  open(request, pending, outcome, options);
}

interface Requested {
  readonly stage: ServedStage;
  readonly domain: StageTarget["domain"];
}

function requestedStage(
  request: IncomingMessage,
  { stages, isOwnName, limits }: HandshakeOptions,
): Requested | HttpAnswer {
  const problem = foreignHost(request.headers.host, isOwnName) ?? handshakeProblem(request, limits.urlCharacters);
  if (problem) return problem;
  const target = stages.find(request);
  if (target?.kind !== "stage") return forbidden;
  const [stage, ...others] = target.stages;
  if (!stage?.deployed) return forbidden;
  if (others.length === 0) return { stage, domain: target.domain };
  const names = [stage, ...others].map(({ apiId }) => `${apiId}.localhost`).join(", ");
  return {
    ...forbidden,
    message: `Several APIs have a stage "${stage.name}": say which one by the host name (${names})`,
  };
}

function connectionFacts(
  request: IncomingMessage,
  { stage, domain }: Requested,
  { requests, clock }: HandshakeOptions,
): ConnectionFacts {
  const endings = requests.ids.endings();
  const userAgent = request.headers["user-agent"];
  return {
    id: requests.ids.next(endings.connection),
    endings,
    stage,
    connectedAt: clock.now(),
    domainName: domain?.name ?? request.headers.host ?? "",
    ...(domain && { domain }),
    identity: { ...(userAgent !== undefined && { userAgent }), sourceIp: sourceIp(request) },
  };
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
  { connection, protocol }: Accepted,
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
  try {
    server.handleUpgrade(request, socket, head, (webSocket) => onOpen(connection, webSocket, socket));
  } finally {
    server.off("headers", addProtocol);
  }
}
