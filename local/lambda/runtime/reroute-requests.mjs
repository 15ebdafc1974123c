// AWS's documentation has a function build its callback URL from the event: `https://${domainName}/${stage}`. Locally that
// name is the gateway's own address, an execute-api name or a domain of the stack, and there is no TLS: such requests go to the
// gateway over plain http, so that no function needs local-only code.
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import { buffer } from "node:stream/consumers";

const executeApi = /^[a-z0-9-]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com$/i;

/** @typedef {import("../worker-protocol.ts").GatewayAddress} GatewayAddress */
/** @typedef {(...args: any[]) => import("node:http").ClientRequest} SendRequest */

/** @param {GatewayAddress} gateway */
export function rerouteRequests(gateway) {
  const agent = new http.Agent({ keepAlive: true });
  const plainRequest = http.request;
  const secureRequest = https.request;

  /** @type {(original: SendRequest, scheme: "http:" | "https:") => SendRequest} */
  const wrap =
    (original, scheme) =>
    (...args) => {
      const { options, callback } = parseArguments(args);
      const { host, port } = targetOf(options, scheme);
      // What already goes there keeps its own agent.
      if (!isGateway(gateway, host, port) || (scheme === "http:" && host === gateway.host)) return original(...args);
      const headers = withHost(options.headers, hostHeader(host, port, scheme));
      const rerouted = { ...options, headers, agent, protocol: "http:", host: gateway.host, hostname: gateway.host };
      return plainRequest({ ...rerouted, port: gateway.port }, callback);
    };

  /** @type {(request: SendRequest) => SendRequest} */
  const getter =
    (request) =>
    (...args) => {
      const sent = request(...args);
      sent.end();
      return sent;
    };

  const requestHttp = wrap(plainRequest, "http:");
  const requestHttps = wrap(secureRequest, "https:");
  Object.assign(http, { request: requestHttp, get: getter(requestHttp) });
  Object.assign(https, { request: requestHttps, get: getter(requestHttps) });
  syncBuiltinESMExports();
  rerouteFetch(gateway, { "http:": requestHttp, "https:": requestHttps });
}

/**
 * `fetch` lets nobody choose the Host header, so it goes the way of the others.
 * @param {GatewayAddress} gateway
 * @param {Readonly<Record<string, SendRequest>>} ways by scheme
 */
function rerouteFetch(gateway, ways) {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const port = url.port === "" ? defaultPort(url.protocol) : Number(url.port);
    const send = ways[url.protocol];
    if (!send || !isGateway(gateway, url.hostname, port)) return original(input, init);
    return await fetchBy(send, url, new Request(input, init));
  };
}

/** @type {(send: SendRequest, url: URL, request: Request) => Promise<Response>} */
async function fetchBy(send, url, request) {
  const { method, signal } = request;
  const body = Buffer.from(await request.arrayBuffer());
  const headers = { ...Object.fromEntries(request.headers), host: url.host };
  try {
    const sent = send(url, { method, headers, signal }).end(body);
    const [answer] = /** @type {[import("node:http").IncomingMessage]} */ (await once(sent, "response"));
    const content = await buffer(answer);
    const { statusCode: status = 0, statusMessage: statusText = "" } = answer;
    const pairs = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    const init = { status, statusText, headers: Object.fromEntries(pairs) };
    return new Response(content.length === 0 ? null : content, init);
  } catch (error) {
    throw signal.aborted ? signal.reason : new TypeError("fetch failed", { cause: error });
  }
}

/** @type {(gateway: GatewayAddress, host: string, port: number) => boolean} */
function isGateway(gateway, host, port) {
  if (port === gateway.port) return true;
  return (port === 443 || port === 80) && (executeApi.test(host) || isCustomDomain(gateway, host.toLowerCase()));
}

/** @type {(gateway: GatewayAddress, host: string) => boolean} */
function isCustomDomain({ domains = [] }, host) {
  return domains.includes(host) || domains.includes(host.replace(/^[^.]+/, "*"));
}

/**
 * The three ways to call `http.request`: (url, options?, callback?) and (options, callback?).
 * @param {any[]} args
 */
function parseArguments([first, second, third]) {
  if (typeof first !== "string" && !(first instanceof URL)) return { options: { ...first }, callback: second };
  const { hostname, port, pathname, search, protocol } = new URL(first);
  const options = typeof second === "object" ? second : {};
  const callback = typeof second === "function" ? second : third;
  return { options: { protocol, hostname, port, path: pathname + search, ...options }, callback };
}

/**
 * @param {{ hostname?: string, host?: string, port?: string | number }} options
 * @param {string} scheme
 */
function targetOf(options, scheme) {
  const host = String(options.hostname ?? options.host ?? "localhost");
  return { host, port: options.port ? Number(options.port) : defaultPort(scheme) };
}

/** @param {string} scheme */
function defaultPort(scheme) {
  return scheme === "https:" ? 443 : 80;
}

/**
 * The name the caller used stays in the Host header: it tells the gateway which API is meant.
 * @param {Record<string, unknown> | undefined} headers
 * @param {string} host
 */
function withHost(headers, host) {
  if (Array.isArray(headers)) return headers;
  const known = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === "host");
  return known ? headers : { ...headers, host };
}

/** @type {(host: string, port: number, scheme: string) => string} */
function hostHeader(host, port, scheme) {
  return port === defaultPort(scheme) ? host : `${bracketed(host)}:${port}`;
}

/** @param {string} host */
function bracketed(host) {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
