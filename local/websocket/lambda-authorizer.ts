// A REQUEST authorizer: identity sources, the call, and what its answer means (aws facts §1.3, §1.6). Nothing is cached.
import type { Authorizer } from "#local/stack.ts";
import {
  type Applicant,
  type Authorization,
  type Authorize,
  accessDenied,
  type Refusal,
  unauthorized,
} from "./authorization.ts";
import { judgeResult } from "./authorizer-result.ts";
import type { ExecutionLog } from "./execution-log.ts";
import { internalError } from "./failure.ts";
import { compileIdentitySource } from "./identity-source.ts";
import type { CallIntegration, IntegrationOutcome } from "./integration.ts";
import { authorizerEvent } from "./lambda-event.ts";

const failed: Refusal = {
  answer: internalError,
  responseType: "AUTHORIZER_FAILURE",
};
const misconfigured: Refusal = {
  answer: { ...failed.answer, errorType: "AuthorizerConfigurationException" },
  responseType: "AUTHORIZER_CONFIGURATION_ERROR",
};

interface Verdict {
  readonly refusal?: Refusal;
  readonly error?: string;
  readonly authorizer?: Readonly<Record<string, string>>;
  readonly usageIdentifierKey?: string | undefined;
}

export function lambdaAuthorizer(
  { id, identitySources }: Authorizer,
  call: CallIntegration,
  log: ExecutionLog | undefined,
): Authorize {
  const sources = identitySources.map(compileIdentitySource);
  return async (applicant) => {
    const { connection, requestFacts, handshake } = applicant;
    const { requestId } = requestFacts;
    // Missing or empty: nobody is asked.
    if (!sources.every((read) => read(connection, handshake))) {
      log?.error(requestId, `Unauthorized request: ${requestId}`);
      return authorization({ refusal: unauthorized, error: "an identity source is missing or empty" });
    }
    log?.info(requestId, `Starting authorizer: ${id} for request: ${requestId}`);
    const outcome = await call(authorizerEvent(connection, requestFacts, handshake), requestId);
    const verdict = judge(outcome, applicant);
    if (verdict.error === undefined)
      log?.info(requestId, `Using valid authorizer policy for principal: ${verdict.authorizer?.principalId}`);
    else log?.error(requestId, `Authorizer ${id}: ${verdict.error}`);
    return authorization(verdict, outcome);
  };
}

function judge(outcome: IntegrationOutcome, { connection }: Applicant): Verdict {
  if (outcome.kind === "not-permitted") return { refusal: misconfigured, error: outcome.errorMessage ?? "" };
  if (outcome.functionError?.errorMessage === "Unauthorized") return { refusal: unauthorized, error: "Unauthorized" };
  if (outcome.kind !== "answered") return { refusal: failed, error: outcome.errorMessage ?? "the call failed" };
  const decision = judgeResult(outcome, `${connection.stage.arn}/$connect`, connection.identity.sourceIp);
  if (decision.kind === "broken") return { refusal: misconfigured, error: decision.problem };
  if (decision.kind === "allowed") {
    return { authorizer: decision.context, usageIdentifierKey: decision.usageIdentifierKey };
  }
  const how = decision.explicit ? " with an explicit deny" : "";
  const message = `User is not authorized to access this resource${how}`;
  return { refusal: accessDenied(message), error: message, authorizer: decision.context };
}

function authorization(
  { refusal, error, authorizer, usageIdentifierKey }: Verdict,
  call?: IntegrationOutcome,
): Authorization {
  const phase = {
    status: refusal?.answer.status ?? 200,
    latencyMs: call?.latencyMs ?? 0,
    ...(error !== undefined && { error }),
  };
  return {
    ...(refusal && { refusal }),
    ...(authorizer && { authorizer }),
    ...(usageIdentifierKey !== undefined && { usageIdentifierKey }),
    phases: { authorize: phase, ...(call && { authorizer: { ...phase, call } }) },
  };
}
