// `@connections`: post to, look at and close a connection (aws facts §7).
import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Credentials } from "#local/iam/credentials.ts";
import { evaluate } from "#local/iam/evaluate.ts";
import { verifySignature } from "#local/iam/verify-signature.ts";
import { readBody } from "#local/read-body.ts";
import type { Connection } from "./connection.ts";
import { closedNormally } from "./disconnect.ts";
import { internalError } from "./failure.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { answerRequest, forbidden, type HttpAnswer, missingToken, signatureRefused } from "./http-answer.ts";
import { isConnectionId } from "./ids.ts";
import type { GatewayLimits } from "./limits.ts";
import type { ConnectionTarget } from "./request-target.ts";
import type { ServedStage } from "./served-stage.ts";

/** No body: SDKs make their error of the header alone. */
const gone: HttpAnswer = { status: 410, errorType: "GoneException" };
const methods = ["GET", "POST", "DELETE"];
const noBody = Buffer.alloc(0);

interface Call {
  readonly request: IncomingMessage;
  readonly connectionId: string;
  readonly stage: ServedStage;
  /** Of this stage, and open. */
  readonly connection: Connection | undefined;
  readonly body: Buffer;
}

export async function handleManagement(
  request: IncomingMessage,
  response: ServerResponse,
  target: ConnectionTarget,
  parts: GatewayParts,
): Promise<void> {
  const refuse = (answer: HttpAnswer): void => {
    // What is still coming of the body is thrown away.
    request.resume();
    answerRequest(response, answer);
  };
  const { connectionId } = target;
  const stage = requestedStage(target, parts);
  if (!stage) return refuse(forbidden);
  if (!methods.includes(request.method ?? "") || connectionId === "") return refuse(missingToken);
  if (parts.credentials.enforced && !isSigned(request)) return refuse(missingToken);
  const body = request.method === "POST" ? await readBody(request, parts.limits.messageBytes) : noBody;
  if (body === "aborted") return;
  if (body === "too-large") {
    const message = `The payload is larger than ${parts.limits.messageBytes} bytes`;
    return refuse({ status: 413, message, errorType: "PayloadTooLargeException" });
  }
  const struck = await strike(parts);
  // Looked up only now: it may have closed while the body came.
  const found = parts.connections.find(connectionId);
  const connection = found?.facts.stage === stage ? found : undefined;
  const call = { request, connectionId, stage, connection, body };
  const refusal = struck ?? refusalOf(call, parts);
  if (refusal) return refuse(refusal);
  request.resume();
  const failure = carryOut(response, call, parts);
  if (failure) answerRequest(response, failure);
}

/** Ids are unique among all APIs: the connection decides between stages of the same name. */
function requestedStage(
  { stages, connectionId }: ConnectionTarget,
  { connections }: GatewayParts,
): ServedStage | undefined {
  const candidates = stages.filter(({ deployed }) => deployed);
  const own = connections.find(connectionId)?.facts.stage;
  return candidates.find((one) => one === own) ?? candidates[0];
}

function isSigned({ headers, url = "" }: IncomingMessage): boolean {
  return headers.authorization !== undefined || url.includes("X-Amz-Credential=");
}

/** Who may not, must not so often, or cannot mean what they say. */
function refusalOf(call: Call, { credentials, accountBucket, region }: GatewayParts): HttpAnswer | undefined {
  const denied = credentials.enforced ? deniedTo(call, credentials, region) : undefined;
  if (denied) return denied;
  if (!accountBucket.take()) return { status: 429, message: "Too Many Requests", errorType: "LimitExceededException" };
  if (isConnectionId(call.connectionId)) return undefined;
  return { status: 400, message: `Invalid connectionId: ${call.connectionId}`, errorType: "BadRequestException" };
}

function deniedTo(call: Call, credentials: Credentials, region: string): HttpAnswer | undefined {
  const { method = "", url = "", headers } = call.request;
  const signed = { method, url, headers, body: call.body };
  const verified = verifySignature(signed, { credentials, service: "execute-api", region });
  switch (verified.kind) {
    case "anonymous":
      return missingToken;
    case "refused":
      return signatureRefused(verified);
    case "developer":
      return undefined;
    case "known": {
      const { role, functionName: sessionName } = verified.caller;
      const resource = `${call.stage.arn}/${method}/@connections/${call.connectionId}`;
      const decision = evaluate(role, { action: "execute-api:ManageConnections", resource, sessionName });
      return decision.allowed ? undefined : { ...forbidden, message: decision.message };
    }
  }
}

async function strike({ chaos, clock }: GatewayParts): Promise<HttpAnswer | undefined> {
  const delay = chaos.strike("connections-delay");
  if (delay) await new Promise<void>((resolve) => void clock.setTimer(delay.ms ?? 0, resolve));
  if (chaos.strike("connections-429")) {
    return { status: 429, message: "Too Many Requests", errorType: "LimitExceededException" };
  }
  if (chaos.strike("connections-500")) {
    return internalError;
  }
  return undefined;
}

/** undefined: done, and answered. */
function carryOut(response: ServerResponse, call: Call, { limits }: GatewayParts): HttpAnswer | undefined {
  const { request, connection, body } = call;
  if (!connection) return gone;
  if (request.method === "POST") return post(response, connection, body, limits);
  if (request.method === "GET") describe(response, connection);
  else {
    connection.close(closedNormally);
    response.writeHead(204).end();
  }
  return undefined;
}

function post(
  response: ServerResponse,
  connection: Connection,
  body: Buffer,
  limits: GatewayLimits,
): HttpAnswer | undefined {
  // A text frame that is no UTF-8 would make the client close the connection.
  if (!isUtf8(body)) return { status: 400, message: "The payload is not UTF-8 text", errorType: "BadRequestException" };
  switch (connection.send(body)) {
    case "gone":
      return gone;
    case "slow": {
      const message = `The client does not read: more than ${limits.clientBufferBytes} bytes wait for it`;
      return { status: 429, message, errorType: "LimitExceededException" };
    }
    case "sent":
      response.writeHead(200, { "Content-Length": "0" }).end();
      return undefined;
  }
}

function describe(response: ServerResponse, { facts, lastActiveAt }: Connection): void {
  const { sourceIp, userAgent = "" } = facts.identity;
  const body = JSON.stringify({
    connectedAt: new Date(facts.connectedAt).toISOString(),
    identity: { sourceIp, userAgent },
    lastActiveAt: new Date(lastActiveAt).toISOString(),
  });
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) }).end(body);
}
