import type { AccessRecord, GatewayError } from "./access-log.ts";
import type { IntegrationOutcome } from "./integration.ts";
import type { ConnectionFacts, RequestFacts } from "./lambda-event.ts";

export interface RequestOutcome {
  readonly eventType: AccessRecord["eventType"];
  readonly routeKey: string | undefined;
  readonly status: number;
  readonly messageId?: string | undefined;
  readonly error?: GatewayError | undefined;
  readonly integration?: IntegrationOutcome | undefined;
}

/** Writes the access log's line of a request that is over, if the stage has such a log. */
export function recordAccess(
  { stage, ...facts }: ConnectionFacts,
  request: RequestFacts,
  outcome: RequestOutcome,
): void {
  if (!stage.logAccess) return;
  stage.logAccess({
    apiId: stage.apiId,
    stage: stage.name,
    domainName: facts.domainName,
    connectionId: facts.id,
    connectedAt: facts.connectedAt,
    sourceIp: facts.identity.sourceIp,
    userAgent: facts.identity.userAgent,
    ...request,
    eventType: outcome.eventType,
    routeKey: outcome.routeKey,
    status: outcome.status,
    messageId: outcome.messageId,
    error: outcome.error,
    integration: outcome.integration,
  });
}
