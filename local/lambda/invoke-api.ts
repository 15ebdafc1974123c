// The Lambda service as the AWS SDK sees it: Invoke, synchronous or not, by whoever may. Every other operation is refused by name.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Credentials } from "#local/iam/credentials.ts";
import { evaluate } from "#local/iam/evaluate.ts";
import { mayInvoke } from "#local/iam/may-invoke.ts";
import { verifySignature } from "#local/iam/verify-signature.ts";
import { readBody } from "#local/read-body.ts";
import type { LambdaFunction } from "#local/stack.ts";
import { foreignRequest } from "#local/web-pages.ts";
import { answerRequest } from "#local/websocket/http-answer.ts";
import { errorPayload } from "./async-destination.ts";
import { type InvokePath, parseInvokePath } from "./invoke-path.ts";
import type { InvokeResult } from "./invoker.ts";
import type { LambdaService } from "./lambda-service.ts";

export interface InvokeApiOptions {
  readonly service: LambdaService;
  readonly credentials: Credentials;
  readonly region: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Largest payloads, of RequestResponse and of Event (aws facts §10.2). */
const maxBytes = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 } as const;

export async function answerInvoke(
  request: IncomingMessage,
  response: ServerResponse,
  options: InvokeApiOptions,
): Promise<void> {
  const foreign = foreignRequest(request);
  if (foreign) {
    request.resume();
    return answerRequest(response, foreign);
  }
  const body = await readBody(request, maxBytes.RequestResponse);
  if (body === "aborted") return;
  const answer = body === "too-large" ? tooLarge(maxBytes.RequestResponse) : await invoked(request, body, options);
  const { status, headers, body: text = "" } = answer;
  // What is still coming of a body that is too large is thrown away.
  request.resume();
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(text);
}

/** A mistake of this service is its own answer, and ends nothing else. */
async function invoked(request: IncomingMessage, body: Buffer, options: InvokeApiOptions): Promise<Answer> {
  try {
    return await invoke(request, body, options);
  } catch (error) {
    process.emitWarning(`Invoke was answered with 500: ${error instanceof Error ? error.stack : error}`);
    return refused(500, "ServiceException", "Internal server error");
  }
}

async function invoke(request: IncomingMessage, body: Buffer, options: InvokeApiOptions): Promise<Answer> {
  const { service } = options;
  const path = parseInvokePath(request.url ?? "");
  if (request.method !== "POST" || !path) {
    const message = `Only Invoke is served by the local Lambda: ${request.method} ${request.url} is not`;
    return refused(404, "UnknownOperationException", message);
  }
  const lambda = service.find(path.functionName);
  const denied = accessDenied(request, body, path, lambda, options);
  if (denied) return denied;
  if (!lambda || !hasQualifier(lambda, path.qualifier)) {
    const name = lambda?.arn ?? path.functionName;
    const qualified = path.qualifier === undefined ? name : `${name}:${path.qualifier}`;
    return refused(404, "ResourceNotFoundException", `Function not found: ${qualified}`);
  }
  const type = String(request.headers["x-amz-invocation-type"] ?? "RequestResponse");
  if (type === "DryRun") return { status: 204 };
  if (type !== "RequestResponse" && type !== "Event") {
    const message = `Invocation type ${type} is none: there are RequestResponse, Event and DryRun`;
    return refused(400, "InvalidParameterValueException", message);
  }
  if (body.length > maxBytes[type]) return tooLarge(maxBytes[type]);
  const payload = body.length === 0 ? "{}" : body.toString();
  if (!isJson(payload)) {
    return refused(400, "InvalidRequestContentException", "Could not parse request body into json");
  }
  if (type === "RequestResponse") return answerOf(await service.invoke(lambda.name, payload, path.qualifier));
  // A full queue drops the event, and the invoker is not told: so it is on AWS.
  const { requestId } = service.invokeLater(lambda.name, payload, path.qualifier);
  return { status: 202, headers: { "x-amzn-RequestId": requestId } };
}

/** What the caller's role says; the function's own policy may name the role or its account too. */
function accessDenied(
  request: IncomingMessage,
  body: Buffer,
  { functionName, qualifier }: InvokePath,
  lambda: LambdaFunction | undefined,
  { credentials, region }: InvokeApiOptions,
): Answer | undefined {
  if (!credentials.enforced) return undefined;
  const { method = "", url = "", headers } = request;
  const verified = verifySignature({ method, url, headers, body }, { credentials, service: "lambda", region });
  switch (verified.kind) {
    case "anonymous":
      return refused(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    case "refused":
      return refused(403, verified.errorType, verified.message);
    case "developer":
      return undefined;
    case "known": {
      const { role, functionName: sessionName } = verified.caller;
      const account = role.arn.split(":")[4] ?? "";
      const arn = lambda?.arn ?? `arn:aws:lambda:${region}:${account}:function:${functionName}`;
      const resource = qualifier === undefined ? arn : `${arn}:${qualifier}`;
      const decision = evaluate(role, { action: "lambda:InvokeFunction", resource, sessionName });
      if (decision.allowed) return undefined;
      const principals = [role.arn, account, `arn:aws:iam::${account}:root`];
      const byItsPolicy = principals.some(
        (principal) => lambda && mayInvoke(lambda, { principal, sourceArn: "", qualifier }),
      );
      if (byItsPolicy && !decision.explicit) return undefined;
      return refused(403, "AccessDeniedException", decision.message);
    }
  }
}

function hasQualifier({ aliases }: LambdaFunction, qualifier: string | undefined): boolean {
  return qualifier === undefined || qualifier === "$LATEST" || aliases.includes(qualifier);
}

/** A function that fails is a 200 with a header: HTTP's own errors are the service's (aws facts §10.2). */
function answerOf(result: InvokeResult): Answer {
  const headers = { "x-amzn-RequestId": result.requestId, "X-Amz-Executed-Version": "$LATEST" };
  switch (result.kind) {
    case "success":
      return { status: 200, headers, body: result.payload };
    case "function-error":
      return {
        status: 200,
        headers: { ...headers, "X-Amz-Function-Error": "Unhandled" },
        body: JSON.stringify(errorPayload(result)),
      };
    case "throttled":
      return refused(429, "TooManyRequestsException", "Rate Exceeded.", { Reason: result.reason });
  }
}

function refused(status: number, errorType: string, message: string, more: object = {}): Answer {
  const body = JSON.stringify({ Type: status < 500 ? "User" : "Service", message, Message: message, ...more });
  return { status, headers: { "x-amzn-ErrorType": errorType }, body };
}

function tooLarge(limit: number): Answer {
  const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
  return refused(413, "RequestTooLargeException", message);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
