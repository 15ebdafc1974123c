// AWS_IAM on `$connect`: the handshake is signed, in its header or presigned, and the signer may `execute-api:Invoke` the route
// (aws facts §1.8). A developer's own keys are let through: nobody here knows their secret or their permissions.
import { hash } from "node:crypto";
import type { Caller, Credentials } from "#local/iam/credentials.ts";
import { evaluate } from "#local/iam/evaluate.ts";
import { verifySignature } from "#local/iam/verify-signature.ts";
import { type Applicant, type Authorization, type Authorize, accessDenied, type Refusal } from "./authorization.ts";
import { missingToken, signatureRefused } from "./http-answer.ts";
import type { Identity } from "./lambda-event.ts";

export function iamAuthorizer(where: {
  readonly credentials: Credentials;
  readonly region: string;
  readonly accountId: string;
}): Authorize {
  return (applicant) => Promise.resolve(decide(applicant, where));
}

function decide(
  { request, connection }: Applicant,
  { credentials, region, accountId }: Parameters<typeof iamAuthorizer>[0],
): Authorization {
  const { method = "", url = "", headers } = request;
  const verified = verifySignature({ method, url, headers }, { credentials, service: "execute-api", region });
  switch (verified.kind) {
    case "anonymous":
      return unauthenticated({ answer: missingToken, responseType: "MISSING_AUTHENTICATION_TOKEN" });
    case "refused":
      return unauthenticated({ answer: signatureRefused(verified), responseType: "INVALID_SIGNATURE" });
    case "developer": {
      const { accessKeyId: accessKey } = verified;
      return { phases: { authenticate: passed, authorize: passed }, ...(accessKey && { identity: { accessKey } }) };
    }
    case "known": {
      const { role, functionName: sessionName } = verified.caller;
      const resource = `${connection.stage.arn}/$connect`;
      const decision = evaluate(role, { action: "execute-api:Invoke", resource, sessionName });
      const identity = identityOf(verified.caller, verified.accessKeyId, accountId);
      if (decision.allowed) return { phases: { authenticate: passed, authorize: passed }, identity };
      const authorize = { status: 403, latencyMs: 0, error: decision.message };
      return { refusal: accessDenied(decision.message), phases: { authenticate: passed, authorize }, identity };
    }
  }
}

const passed = { status: 200, latencyMs: 0 };

function unauthenticated(refusal: Refusal): Authorization {
  const { status, message = "" } = refusal.answer;
  return { refusal, phases: { authenticate: { status, latencyMs: 0, error: message } } };
}

/** A function's role as the event names it: `AROA...:<session>`. */
function identityOf({ role, functionName }: Caller, accessKey: string, accountId: string): Partial<Identity> {
  const roleId = `AROA${hash("sha256", role.arn).slice(0, 17).toUpperCase()}`;
  const caller = `${roleId}:${functionName}`;
  const userArn = `arn:aws:sts::${accountId}:assumed-role/${role.name}/${functionName}`;
  return { accessKey, accountId, caller, user: caller, userArn };
}
