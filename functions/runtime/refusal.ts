// Whatever was thrown → a code of the closed list. The cause stays here, for the log; the client reads a sentence of ours.
import { ChatError } from "#protocol/errors.ts";

/** DynamoDB's and API Gateway's ways to say "later" (aws facts §7.4, §11.1), and what the SDK raises when a connection fails. */
const PASSING = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
  "LimitExceededException",
  "InternalServerError",
  "ServiceUnavailable",
  "TimeoutError",
]);

export function refusalFrom(thrown: unknown): ChatError {
  if (thrown instanceof ChatError) return thrown;
  if (isPassing(thrown)) {
    return new ChatError("unavailable", "The service is busy; try again in a moment.", { cause: thrown });
  }
  return new ChatError("internal", "Something went wrong on our side.", { cause: thrown });
}

function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { code, $metadata } = thrown as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  return (
    PASSING.has(thrown.name) ||
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    code === "ECONNREFUSED" ||
    code === "ECONNRESET"
  );
}
