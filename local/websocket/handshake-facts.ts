// What the `$connect` event tells of the upgrade request (aws facts §2.1): its headers but `Connection` and `Upgrade`, those
// AWS adds, and its query string.
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Clock } from "#local/clock.ts";
import type { CalledDomain } from "./custom-domains.ts";
import type { HandshakeFacts } from "./lambda-event.ts";

export function handshakeFacts(
  request: IncomingMessage,
  domain: CalledDomain | undefined,
  clock: Clock,
): HandshakeFacts {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of headerPairs(request)) {
    if (name === "Connection" || name === "Upgrade") continue;
    // A header may be called __proto__, hence the check of its own.
    if (Object.hasOwn(headers, name)) headers[name]?.push(value);
    else Object.defineProperty(headers, name, { value: [value], enumerable: true, configurable: true, writable: true });
  }
  const forwarded = headers["X-Forwarded-For"]?.join(", ");
  const ip = sourceIp(request);
  headers["X-Amzn-Trace-Id"] ??= [traceId(clock)];
  headers["X-Forwarded-For"] = [forwarded === undefined ? ip : `${forwarded}, ${ip}`];
  // As on AWS, where every client comes over TLS.
  headers["X-Forwarded-Port"] = ["443"];
  headers["X-Forwarded-Proto"] = ["https"];
  // Which port it is here, or that it is below localhost, is nothing that AWS would say.
  if (domain) headers.Host = [domain.name];
  const sorted = Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    headers: domain?.lowerCaseHeaders ? lowerCased(sorted) : sorted,
    query: queryOf(request.url ?? ""),
  };
}

/** As API Gateway has them where a mapping has several levels (aws facts §1.9). */
function lowerCased(headers: Readonly<Record<string, readonly string[]>>): HandshakeFacts["headers"] {
  const lowered = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(headers)) {
    const key = name.toLowerCase();
    lowered.set(key, [...(lowered.get(key) ?? []), ...values]);
  }
  return Object.fromEntries(lowered);
}

export function sourceIp(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

/** `sec-websocket-key` is `Sec-WebSocket-Key`; names of the application's own (`x-...`) stay as they were sent. */
function* headerPairs({ rawHeaders }: IncomingMessage): Generator<[string, string]> {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    yield [eventName(rawHeaders[at] ?? ""), rawHeaders[at + 1] ?? ""];
}

function eventName(name: string): string {
  if (/^x-(?!forwarded-|amzn-trace-id)/i.test(name)) return name;
  const titled = name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
  return titled.replace("Websocket", "WebSocket");
}

function queryOf(url: string): Record<string, string[]> {
  const at = url.indexOf("?");
  const query = new Map<string, string[]>();
  if (at < 0) return {};
  for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
    const values = query.get(name);
    if (values) values.push(value);
    else query.set(name, [value]);
  }
  return Object.fromEntries(query);
}

/** `Root=1-<seconds>-<random>`, both in hexadecimal. */
function traceId(clock: Clock): string {
  const seconds = Math.floor(clock.now() / 1000)
    .toString(16)
    .padStart(8, "0");
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
}
