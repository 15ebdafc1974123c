// Starts pumps: invokes the function for it as an event, which Lambda keeps, and tries again when it fails (aws facts §10.3). One signed
// request over our own pool: the SDK's Lambda client would add to every bundle what all of the chat takes. Nor does it pass on the trace
// header by which Lambda takes a pump that hands over to the next one for a runaway loop, and ends it after 16 (aws facts §10.5).
import type { PumpOrder, Pumps } from "#chat/pump-ports.ts";
import { CachedCredentials } from "./cached-credentials.ts";
import type { SdkClient } from "./connections-api.ts";
import type { HttpAnswer } from "./http/http-answer.ts";
import { HttpPool } from "./http/http-pool.ts";
import { errorType } from "./post-answer.ts";
import { escapeUri } from "./sigv4/escape-uri.ts";
import { sha256, signRequests } from "./sigv4/sign-requests.ts";
import { SigningKeys } from "./sigv4/signing-key.ts";
import { realTiming, type Timing, wait } from "./timing.ts";

export interface InvokerSettings {
  /** Any client of the AWS SDK; its region and its credentials are used. */
  readonly client: SdkClient;
  /** A name, with or without `:alias`. */
  readonly functionName: string;
  /** Of the Lambda service; without it, the SDK's standard variable, or AWS's own for the region. */
  readonly endpoint?: string | undefined;
  readonly timing?: Timing;
}

const ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_LAMBDA";
const SOCKETS = 16;
const IDLE_MS = 20_000;
const TIMEOUT_MS = 2_000;
const ATTEMPTS = 4;
const FIRST_DELAY_MS = 50;

export function functionInvoker(settings: InvokerSettings): Pumps & { close(): void } {
  const { client, functionName, timing = realTiming } = settings;
  const credentials = new CachedCredentials(client.config.credentials, timing);
  const keys = new SigningKeys();
  const path = `/2015-03-31/functions/${escapeUri(functionName)}/invocations`;
  let pool: HttpPool | undefined;

  const invoke = async (payload: string): Promise<HttpAnswer> => {
    const region = await client.config.region();
    const endpoint = new URL(settings.endpoint ?? process.env[ENDPOINT_VARIABLE] ?? endpointOf(region));
    pool ??= new HttpPool({ origin: endpoint, sockets: SOCKETS, idleMs: IDLE_MS, timing });
    const body = Buffer.from(payload);
    const bodyHash = sha256(body);
    const headers = {
      "content-length": String(body.length),
      "content-type": "application/json",
      host: endpoint.host,
      "x-amz-content-sha256": bodyHash,
      "x-amz-invocation-type": "Event",
    };
    const signing = { credentials: await credentials.get(), region, service: "lambda", at: timing.now(), keys };
    const signed = signRequests({ method: "POST", headers, bodyHash }, signing);
    const lines = Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `POST ${path} HTTP/1.1\r\n${lines.join("")}authorization: ${signed.authorization(path)}\r\n\r\n`;
    const answer = await pool.request(head, body, TIMEOUT_MS);
    if (errorType(answer).startsWith("ExpiredToken")) credentials.discard(signing.credentials);
    return answer;
  };

  return {
    async start(order: PumpOrder): Promise<void> {
      let failure: Error | undefined;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (attempt > 0) await wait(timing, timing.random() * FIRST_DELAY_MS * 2 ** attempt);
        failure = await failureOf(functionName, invoke(JSON.stringify(order)));
        if (failure === undefined) return;
        if (failure.name !== PASSING) throw failure;
      }
      throw failure;
    },
    close: () => pool?.close(),
  };
}

/** Named as the SDK's clients name what is over in a moment. */
const PASSING = "ServiceUnavailable";

/** undefined: Lambda has the event. */
async function failureOf(functionName: string, asked: Promise<HttpAnswer>): Promise<Error | undefined> {
  let answer: HttpAnswer;
  try {
    answer = await asked;
  } catch (cause) {
    return named(PASSING, new Error(`Lambda did not answer the invocation of ${functionName}`, { cause }));
  }
  if (answer.status === 202) return undefined;
  const type = errorType(answer);
  const passing = answer.status === 429 || answer.status >= 500 || type.startsWith("ExpiredToken");
  const words = `Lambda answered ${answer.status} ${type} to the invocation of ${functionName}: ${answer.body.slice(0, 300)}`;
  return named(passing ? PASSING : type || "InvocationRefused", new Error(words));
}

function named(name: string, error: Error): Error {
  error.name = name;
  return error;
}

function endpointOf(region: string): string {
  return `https://lambda.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
