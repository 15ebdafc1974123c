// The `$connect` route: throttle, authorization, integration, and what the client sees of it (aws facts §1.2, §1.3).
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Applicant, Phases, Refusal } from "./authorization.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { handshakeFacts } from "./handshake-facts.ts";
import { type HttpAnswer, tooManyHandshakes } from "./http-answer.ts";
import type { IntegrationOutcome } from "./integration.ts";
import { type ConnectionFacts, connectEvent } from "./lambda-event.ts";
import { recordRequest } from "./record-request.ts";
import type { ServedRoute } from "./served-route.ts";

export interface Accepted {
  readonly refusal?: never;
  /** With what the authorization has added. */
  readonly connection: ConnectionFacts;
  readonly protocol: string | undefined;
}

export interface Refused {
  readonly refusal: Refusal;
  readonly connection: ConnectionFacts;
}

const throttled: Refusal = { answer: tooManyHandshakes, responseType: "THROTTLED" };

/** An API without a `$connect` route accepts everybody. */
export async function runConnect(
  request: IncomingMessage,
  applicant: ConnectionFacts,
  { requests, clock, accountBucket, newConnectionsBucket }: GatewayParts,
): Promise<Accepted | Refused> {
  const requestFacts = requests.newRequest(applicant.endings);
  const { connect: route, logOf } = applicant.stage;
  const finish = (
    answer: Accepted | Refused,
    phases?: Phases,
    integration?: IntegrationOutcome,
  ): Accepted | Refused => {
    const { refusal } = answer;
    recordRequest(answer.connection, requestFacts, {
      eventType: "CONNECT",
      routeKey: "$connect",
      status: refusal?.answer.status ?? 200,
      error: refusal && { message: refusal.answer.message ?? "", responseType: refusal.responseType },
      integration,
      phases,
    });
    return answer;
  };
  logOf("$connect")?.info(
    requestFacts.requestId,
    `Starting execution for request: ${requestFacts.requestId} (route $connect)`,
  );
  if (!newConnectionsBucket.take() || !(route?.bucket.take() ?? true) || !accountBucket.take()) {
    return finish({ refusal: throttled, connection: applicant });
  }
  if (!route) return finish({ connection: applicant, protocol: undefined });
  const handshake = handshakeFacts(request, applicant.domain, clock);
  const asked = { request, connection: applicant, requestFacts, handshake };
  const { connection, refusal, phases } = await admit(route, asked);
  if (refusal) return finish({ refusal, connection }, phases);
  const integration = await route.call(connectEvent(connection, requestFacts, handshake), requestFacts.requestId);
  const failure = integrationRefusal(integration);
  if (failure) return finish({ refusal: failure, connection }, phases, integration);
  const protocol = returnedProtocol(integration.result()?.headers);
  return finish({ connection, protocol }, phases, integration);
}

interface Admission {
  /** With what is known of the client now. */
  readonly connection: ConnectionFacts;
  readonly refusal: Refusal | undefined;
  readonly phases: Phases;
}

/** The authorizer comes first: it may be the one that knows the client's API key (aws facts §1.7). */
async function admit({ authorize, checkApiKey }: ServedRoute, applicant: Applicant): Promise<Admission> {
  const { phases, identity, authorizer, refusal, usageIdentifierKey } = (await authorize?.(applicant)) ?? {
    phases: {},
  };
  const { connection, request } = applicant;
  const isInHeader = connection.stage.apiKeySource === "header";
  const key = refusal
    ? undefined
    : checkApiKey?.(isInHeader ? request.headers["x-api-key"]?.toString() : usageIdentifierKey);
  return {
    connection: {
      ...connection,
      identity: { ...connection.identity, ...identity, ...key?.identity },
      ...(authorizer && { authorizer }),
    },
    refusal: refusal ?? key?.refusal,
    phases,
  };
}

/** The table of aws facts §1.3; undefined: the integration said yes. */
function integrationRefusal(integration: IntegrationOutcome): Refusal | undefined {
  const refuse = (answer: HttpAnswer, responseType = "INTEGRATION_FAILURE"): Refusal => ({ answer, responseType });
  switch (integration.kind) {
    case "timed-out":
      return refuse({ status: 504, message: "Endpoint request timed out" }, "INTEGRATION_TIMEOUT");
    case "not-permitted":
      return refuse({ status: 500, message: "Internal server error" }, "API_CONFIGURATION_ERROR");
    case "failed":
      return refuse({ status: 502, message: "Internal server error" });
    case "answered": {
      const status = integration.functionStatus();
      if (status === undefined || status < 200) return refuse({ status: 502, message: "Internal server error" });
      return status > 299 ? refuse({ status, message: STATUS_CODES[status] ?? "Unknown" }) : undefined;
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
