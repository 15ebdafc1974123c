import type { RequestOutcome } from "./access-log.ts";
import type { ConnectionFacts, RequestFacts } from "./lambda-event.ts";

/** What the stage's logs say of a request that is over. */
export function recordRequest(connection: ConnectionFacts, request: RequestFacts, outcome: RequestOutcome): void {
  const { logOf, logAccess } = connection.stage;
  const { error, status, routeKey } = outcome;
  const log = logOf(routeKey);
  if (log) {
    if (error) {
      const why = error.validation === undefined ? "" : `: ${error.validation}`;
      log.error(request.requestId, `Gateway response type: ${error.responseType} with status code: ${status}${why}`);
    } else log.info(request.requestId, "Successfully completed execution");
    log.info(request.requestId, `Method completed with status: ${status}`);
  }
  logAccess?.({ connection, ...request, ...outcome });
}
