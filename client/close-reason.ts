// Why a connection ended, in words for people. Codes: RFC 6455 §7.4 and what API Gateway makes of them (aws facts §5.2).

export interface CloseReason {
  /** The WebSocket close code; 1006 when there was no closing handshake. */
  readonly code: number;
  readonly words: string;
  /**
   * The token was refused, or has expired. Browsers do not tell a refused handshake from a server that cannot be reached: there it is
   * `perhaps`, and tried again like any lost connection.
   */
  readonly refused?: "surely" | "perhaps";
  /** The handshake failed: the server is away, or refuses us. Browsers do not tell which. */
  readonly neverOpened?: true;
  /** Trying again by itself would be of no use. */
  readonly final?: true;
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

export interface Closing {
  readonly wasOpen: boolean;
  readonly withToken: boolean;
  readonly detail?: string | undefined;
}

export function closeReason(code: number, { wasOpen, withToken, detail }: Closing): CloseReason {
  const refused = wasOpen || !withToken ? undefined : verdict(detail);
  const words = refused === "surely" ? "The server refused the token." : (WORDS[code] ?? lost(wasOpen, withToken));
  return {
    code,
    words: detail ? `${words} (${detail})` : words,
    ...(refused && { refused }),
    ...(!wasOpen && { neverOpened: true }),
  };
}

function lost(wasOpen: boolean, withToken: boolean): string {
  if (wasOpen) return "The connection was lost.";
  return `The server cannot be reached, or refused the ${withToken ? "token" : "connection"}.`;
}

/** `ws` says "Unexpected server response: 403"; browsers, and Node's own WebSocket, say nothing. */
function verdict(detail: string | undefined): CloseReason["refused"] {
  const status = /\bresponse: (\d{3})\b/.exec(detail ?? "")?.[1];
  if (status === "401" || status === "403") return "surely";
  return detail === undefined || /non-101/.test(detail) ? "perhaps" : undefined;
}
