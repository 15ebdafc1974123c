// What API Gateway itself says on an open socket, byte for byte: a space after the first colon only (aws facts §3.2).

export type ErrorFrameMessage =
  | "Forbidden"
  | "Internal server error"
  | "Endpoint request timed out"
  | "Too Many Requests"
  | "Bad request body";

/** A bad body's frame names the message instead of the request. */
export function errorFrame(
  message: ErrorFrameMessage,
  connectionId: string,
  { requestId, messageId }: { readonly requestId: string; readonly messageId: string },
): string {
  const id = message === "Bad request body" ? `"messageId":"${messageId}"` : `"requestId":"${requestId}"`;
  return `{"message": "${message}", "connectionId":"${connectionId}", ${id}}`;
}
