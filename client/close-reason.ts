// Why a connection ended, in words for people. Codes: RFC 6455 §7.4 and what API Gateway makes of them (aws facts §5.2).

export interface CloseReason {
  /** The WebSocket close code; 1006 when there was no closing handshake. */
  readonly code: number;
  readonly words: string;
}

const WORDS: Readonly<Record<number, string>> = {
  1000: "The connection was closed.",
  1001: "The server ended the connection: it was idle, or had reached its longest duration.",
  1003: "The server takes text frames only.",
  1008: "The server closed the connection: too many requests.",
  1009: "The server closed the connection: a frame was too large.",
  1011: "The server closed the connection after an internal error.",
  1012: "The server is restarting.",
};

export function closeReason(code: number, options: { wasOpen: boolean; detail?: string | undefined }): CloseReason {
  const lost = options.wasOpen
    ? "The connection was lost."
    : "The server cannot be reached, or refused the connection.";
  const words = WORDS[code] ?? lost;
  return { code, words: options.detail ? `${words} (${options.detail})` : words };
}
