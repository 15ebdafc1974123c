// Why a connection ended, as the `$disconnect` event tells it (aws facts §2.3, §5.2). Where no capture of AWS's text is known,
// the reason is empty.

export interface CloseCause {
  readonly code: number;
  readonly reason: string;
}

/** Idle for ten minutes, two hours old, or the local stack is being stopped. */
export const goingAway: CloseCause = { code: 1001, reason: "Going away" };
/** `DELETE @connections/<id>` */
export const closedNormally: CloseCause = { code: 1000, reason: "Connection Closed Normally" };
export const binaryRefused: CloseCause = { code: 1003, reason: "" };
/** The client sends, but does not read what it is answered. */
export const tooManyRequests: CloseCause = { code: 1008, reason: "" };
export const tooBig: CloseCause = { code: 1009, reason: "" };

/** The client closed: with its own code, without one (1005), or by dropping the connection (1006). */
export function closedByClient(code: number, reason: string): CloseCause {
  return code === 1005 ? { code, reason: "Client-side close frame status not set" } : { code, reason };
}

/** What `ws` refused in a frame, by the code of its error; undefined for an error of the network. */
export function protocolViolation(errorCode: string | undefined): CloseCause | undefined {
  if (errorCode === undefined || !errorCode.startsWith("WS_ERR_")) return undefined;
  if (errorCode === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") return tooBig;
  if (errorCode === "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH") return tooBig;
  if (errorCode === "WS_ERR_TOO_MANY_BUFFERED_PARTS") return tooManyRequests;
  return { code: errorCode === "WS_ERR_INVALID_UTF8" ? 1007 : 1002, reason: "" };
}
