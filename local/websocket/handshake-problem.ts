// A WebSocket handshake that could not succeed is refused before `$connect` runs for it: `ws` looks at it only afterwards.
import type { IncomingMessage } from "node:http";
import type { HttpAnswer } from "./http-answer.ts";

const key = /^[+/0-9A-Za-z]{22}==$/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export function handshakeProblem(
  { method, headers, url = "" }: IncomingMessage,
  maxUrl: number,
): HttpAnswer | undefined {
  if (url.length > maxUrl) return { status: 414, message: `The URL is longer than ${maxUrl} characters` };
  if (method !== "GET") return { status: 405, message: "A WebSocket handshake is a GET request" };
  if (headers.upgrade?.toLowerCase() !== "websocket")
    return { status: 400, message: "The Upgrade header is not websocket" };
  if (!key.test(headers["sec-websocket-key"] ?? "")) {
    return { status: 400, message: "Missing or invalid Sec-WebSocket-Key header" };
  }
  if (!["13", "8"].includes(headers["sec-websocket-version"] ?? "")) {
    return { status: 400, message: "Missing or invalid Sec-WebSocket-Version header: it should be 13" };
  }
  const protocols = offeredProtocols(headers["sec-websocket-protocol"]);
  if (!protocols.every((one) => token.test(one)) || new Set(protocols).size < protocols.length) {
    return { status: 400, message: "Invalid Sec-WebSocket-Protocol header" };
  }
  return undefined;
}

function offeredProtocols(header: string | undefined): string[] {
  return header === undefined ? [] : header.split(",").map((one) => one.trim());
}
