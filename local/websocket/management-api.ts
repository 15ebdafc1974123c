// `@connections`: post to, look at and close a connection (aws facts §7).
import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { evaluate } from "#local/iam/evaluate.ts";
import { callerOf } from "./caller.ts";
import type { Connection } from "./connection.ts";
import { closedNormally } from "./disconnect.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { answerRequest, forbidden, type HttpAnswer } from "./http-answer.ts";
import { isConnectionId } from "./ids.ts";
import { readBody } from "./read-body.ts";
import type { RequestPath } from "./request-path.ts";
import type { ServedStage } from "./served-stage.ts";

/** No body: SDKs make their error of the header alone. */
const gone: HttpAnswer = { status: 410, errorType: "GoneException" };
const missingToken: HttpAnswer = {
  status: 403,
  message: "Missing Authentication Token",
  errorType: "MissingAuthenticationTokenException",
};
const methods = ["GET", "POST", "DELETE"];

export async function handleManagement(
  request: IncomingMessage,
  response: ServerResponse,
  path: Required<RequestPath>,
  parts: GatewayParts,
): Promise<void> {
  const candidates = parts.stages.find(request.headers.host, path.stage).filter(({ deployed }) => deployed);
  // Ids are unique among all APIs: the connection decides between stages of the same name.
  const connection = parts.connections.find(path.connectionId);
  const stage = candidates.find((one) => one === connection?.facts.stage) ?? candidates[0];
  const refusal = stage ? refusalOf(request, stage, path.connectionId, parts) : forbidden;
  if (refusal) return refuse(request, response, refusal);
  const known = connection?.facts.stage === stage ? connection : undefined;
  switch (request.method) {
    case "POST":
      return post(request, response, known, path.connectionId, parts);
    case "GET":
      return known ? describe(response, known) : answerRequest(response, gone);
    default:
      if (!known) return answerRequest(response, gone);
      known.close(closedNormally);
      response.writeHead(204).end();
  }
}

/** Who may not, must not so often, or cannot mean what they say. */
function refusalOf(
  request: IncomingMessage,
  stage: ServedStage,
  connectionId: string,
  { credentials, accountBucket }: GatewayParts,
): HttpAnswer | undefined {
  const { method = "" } = request;
  const caller = callerOf(request, credentials);
  if (caller.kind === "anonymous" || !methods.includes(method) || connectionId === "") return missingToken;
  if (caller.kind === "function") {
    const resource = `${stage.arn}/${method}/@connections/${connectionId}`;
    const action = "execute-api:ManageConnections";
    const decision = evaluate(caller.role, { action, resource, sessionName: caller.functionName });
    if (!decision.allowed) return { ...forbidden, message: decision.message };
  }
  if (!accountBucket.take()) return { status: 429, message: "Too Many Requests", errorType: "LimitExceededException" };
  if (isConnectionId(connectionId)) return undefined;
  return { status: 400, message: `Invalid connectionId: ${connectionId}`, errorType: "BadRequestException" };
}

async function post(
  request: IncomingMessage,
  response: ServerResponse,
  connection: Connection | undefined,
  connectionId: string,
  { connections, limits }: GatewayParts,
): Promise<void> {
  if (!connection) return refuse(request, response, gone);
  const body = await readBody(request, limits.messageBytes);
  if (body === "aborted") return;
  if (body === "too-large") {
    const message = `The payload is larger than ${limits.messageBytes} bytes`;
    return refuse(request, response, { status: 413, message, errorType: "PayloadTooLargeException" });
  }
  // A text frame that is no UTF-8 would make the client close the connection.
  if (!isUtf8(body)) {
    return answerRequest(response, {
      status: 400,
      message: "The payload is not UTF-8 text",
      errorType: "BadRequestException",
    });
  }
  // Looked up again: it may have closed while the body came.
  const sent = connections.find(connectionId)?.send(body) ?? "gone";
  if (sent === "gone") return answerRequest(response, gone);
  if (sent === "sent") return void response.writeHead(200, { "Content-Length": "0" }).end();
  answerRequest(response, {
    status: 429,
    message: `The client does not read: more than ${limits.clientBufferBytes} bytes wait for it`,
    errorType: "LimitExceededException",
  });
}

/** Answers without reading the body; what is still coming is thrown away. */
function refuse(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
  request.resume();
  answerRequest(response, answer);
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
