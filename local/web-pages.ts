// The browser of whoever works here sends what any web page tells it to, to this machine too: a page must not read tables or call
// functions, which on AWS it could not without somebody's keys. What a page sends says so, in headers that no page can change.
import type { IncomingHttpHeaders } from "node:http";
import { foreignHost, isLoopback } from "./host-check.ts";
import { forbidden, type HttpAnswer } from "./websocket/http-answer.ts";

export interface AskedRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What every port answers before it looks at anything else; undefined: no page asks, or one of this machine. */
export function foreignRequest(
  request: AskedRequest,
  isOwnName?: (host: string | undefined) => boolean,
): HttpAnswer | undefined {
  return foreignHost(request.headers.host, isOwnName) ?? foreignPage(request);
}

/** Handshakes are not asked: browsers always name the page, and API Gateway leaves it to the stack which it lets in. */
function foreignPage({ method, headers }: AskedRequest): HttpAnswer | undefined {
  const { origin } = headers;
  if (origin !== undefined) return isOfThisMachine(origin) ? undefined : refuse(origin);
  // No origin is named for images, scripts and links. A link that is followed shows its answer to nobody but the person.
  if (headers["sec-fetch-site"] !== "cross-site") return undefined;
  return method === "GET" && headers["sec-fetch-mode"] === "navigate" ? undefined : refuse("another origin");
}

/** What a page of this machine needs to read the answer. */
export function readableBy({ origin }: IncomingHttpHeaders): Record<string, string> {
  return origin !== undefined && isOfThisMachine(origin)
    ? { "Access-Control-Allow-Origin": origin, Vary: "Origin" }
    : { Vary: "Origin" };
}

/** `http://localhost:5173`, whatever the port. Not `null`: that is any page in a sandbox, as well as a file that was opened. */
function isOfThisMachine(origin: string): boolean {
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && isLoopback(new URL(origin).hostname);
}

function refuse(origin: string): HttpAnswer {
  const message = `A web page of ${origin} may not use the local stack. Pages of this machine may: those of localhost and 127.0.0.1.`;
  return { ...forbidden, message };
}
