// A message on its way through the gateway: throttle, route, event, integration, and the frame back, if there is one.
import type { RequestOutcome } from "./access-log.ts";
import type { Connection } from "./connection.ts";
import { tooManyRequests } from "./disconnect.ts";
import { type ErrorFrameMessage, errorFrame } from "./error-frames.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import type { IntegrationOutcome } from "./integration.ts";
import { type ConnectionFacts, messageEvent, type RequestFacts } from "./lambda-event.ts";
import { recordRequest } from "./record-request.ts";

interface ErrorReply {
  readonly error: ErrorFrameMessage;
  readonly status: number;
  readonly responseType: string;
  readonly validation?: string;
}

/** What goes back to the client: an error frame, the body of a two-way route, or nothing. */
type Reply = ErrorReply | { readonly error?: never; readonly status: number; readonly body: string | undefined };

const forbidden: Reply = { error: "Forbidden", status: 403, responseType: "ACCESS_DENIED" };
const throttled: Reply = { error: "Too Many Requests", status: 429, responseType: "THROTTLED" };
const timedOut: Reply = { error: "Endpoint request timed out", status: 504, responseType: "INTEGRATION_TIMEOUT" };
const failed: Reply = { error: "Internal server error", status: 500, responseType: "INTEGRATION_FAILURE" };
/** Not the integration's mistake, but the gateway's own. */
const broken: Reply = { error: "Internal server error", status: 500, responseType: "DEFAULT_5XX" };
const badBody: ErrorReply = { error: "Bad request body", status: 400, responseType: "BAD_REQUEST_BODY" };
const nothing: Reply = { status: 200, body: undefined };

interface Handled {
  readonly reply: Reply;
  readonly routeKey?: string | undefined;
  readonly integration?: IntegrationOutcome;
}

interface Message {
  readonly facts: ConnectionFacts;
  readonly request: RequestFacts;
  readonly messageId: string;
  readonly text: string;
}

/** Messages of one connection run concurrently, as on AWS: replies may overtake each other (aws facts §3.4). */
export async function handleMessage(connection: Connection, text: string, parts: GatewayParts): Promise<void> {
  const { facts } = connection;
  const request = parts.requests.newRequest(facts.endings);
  const messageId = parts.requests.ids.next(facts.endings.connection);
  const { reply, routeKey, integration } = await handle({ facts, request, messageId, text }, parts).catch(
    (error: unknown): Handled => {
      parts.report(`a message of ${facts.id}`, error);
      return { reply: broken };
    },
  );
  answer(connection, { ...request, messageId }, reply);
  recordRequest(facts, request, { eventType: "MESSAGE", routeKey, messageId, integration, ...accessOutcome(reply) });
}

async function handle({ facts, request, messageId, text }: Message, parts: GatewayParts): Promise<Handled> {
  const route = facts.stage.selectRoute(text);
  const routeKey = route?.key;
  facts.stage
    .logOf(routeKey)
    ?.info(request.requestId, `Starting execution for request: ${request.requestId} (route ${routeKey ?? "none"})`);
  if (!(route?.bucket.take() ?? true) || !parts.accountBucket.take()) return { reply: throttled, routeKey };
  if (!route) return { reply: forbidden };
  const validation = route.validate?.(text);
  if (validation !== undefined) return { reply: { ...badBody, validation }, routeKey };
  const integration = await route.call(messageEvent(facts, request, route.key, messageId, text), request.requestId);
  return { reply: replyTo(integration, route.twoWay, parts.limits.messageBytes), routeKey, integration };
}

function replyTo(outcome: IntegrationOutcome, twoWay: boolean, maxBytes: number): Reply {
  if (outcome.kind === "timed-out") return timedOut;
  if (outcome.kind !== "answered") return failed;
  return twoWay ? twoWayReply(outcome, maxBytes) : nothing;
}

/**
 * The body of a Lambda proxy result. AWS does not document results that are not of that kind; the choice here is the one
 * that no function can come to rely on: a status other than 2xx and a body that is no text are errors (one report from AWS
 * says so too, aws facts §3.4), and no body means no frame. Nor is it documented what becomes of a body above the payload limit
 * (aws facts §5.1), except that it cannot be sent: an error as well.
 */
function twoWayReply(outcome: IntegrationOutcome, maxBytes: number): Reply {
  const result = outcome.result();
  if (result?.body === undefined || result.body === null) return nothing;
  const status = result.statusCode === undefined ? 200 : (outcome.functionStatus() ?? 500);
  if (status < 200 || status > 299 || typeof result.body !== "string") return failed;
  if (Buffer.byteLength(result.body) > maxBytes) return failed;
  return { status: 200, body: result.body };
}

function answer(connection: Connection, ids: Parameters<typeof errorFrame>[2], reply: Reply): void {
  const frame = reply.error === undefined ? reply.body : errorFrame(reply.error, connection.facts.id, ids);
  if (frame === undefined) return;
  // Who sends and does not read would fill the memory with replies.
  if (connection.send(frame) === "slow") connection.close(tooManyRequests);
}

function accessOutcome(reply: Reply): Pick<RequestOutcome, "status" | "error"> {
  if (reply.error === undefined) return { status: reply.status };
  const { error: message, responseType, validation } = reply;
  return { status: reply.status, error: { message, responseType, validation } };
}
