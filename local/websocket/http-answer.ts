// Answers outside of a WebSocket: refused handshakes, written on the bare socket, and those of the HTTP server.
import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** `errorType` is what the AWS SDKs make their error class of (aws facts §7.4). */
export interface HttpAnswer {
  readonly status: number;
  readonly message?: string;
  readonly errorType?: string;
}

export const forbidden: HttpAnswer = { status: 403, message: "Forbidden", errorType: "ForbiddenException" };
export const tooManyHandshakes: HttpAnswer = {
  status: 429,
  message: "Too Many Requests",
  errorType: "TooManyRequestsException",
};

export const missingToken: HttpAnswer = {
  status: 403,
  message: "Missing Authentication Token",
  errorType: "MissingAuthenticationTokenException",
};

/** A signature that is wrong, in API Gateway's form. */
export function signatureRefused(refused: { readonly errorType: string; readonly message: string }): HttpAnswer {
  return { status: 403, message: refused.message, errorType: refused.errorType };
}

export function answerSocket(socket: Duplex, answer: HttpAnswer): void {
  const body = bodyOf(answer);
  const headers = { ...headersOf(answer, body), Connection: "close", Date: new Date().toUTCString() };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? "Unknown"}`;
  // A client that has reset the connection must not end the emulator.
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end([status, ...lines, "", body].join("\r\n"));
}

export function answerRequest(response: ServerResponse, answer: HttpAnswer): void {
  const body = bodyOf(answer);
  response.writeHead(answer.status, headersOf(answer, body)).end(body);
}

function bodyOf({ message }: HttpAnswer): string {
  return message === undefined ? "" : JSON.stringify({ message });
}

function headersOf({ errorType }: HttpAnswer, body: string): Record<string, string> {
  return {
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(body)),
    ...(errorType !== undefined && { "x-amzn-ErrorType": errorType }),
  };
}
