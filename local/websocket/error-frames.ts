// What API Gateway itself says on an open socket, byte for byte: a space after the first colon only (aws facts §3.2).

export type ErrorFrameMessage =
  | "Forbidden"
  | "Internal server error"
  | "Endpoint request timed out"
  | "Too Many Requests";

export function errorFrame(message: ErrorFrameMessage, connectionId: string, requestId: string): string {
  return `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
}
