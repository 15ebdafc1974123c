// How a client shows its token at the handshake. Browsers can set no header there but Sec-WebSocket-Protocol: they offer two protocols,
// `bearer` and the token, and get the first one back. In the query string a token may end up in logs of whoever stands in between.
import { header, type WebSocketEvent } from "./event.ts";

export const BEARER = "bearer";

type Handshake = Pick<WebSocketEvent, "headers" | "queryStringParameters">;

/** The protocols win: who offers a token there does not mean the one in a copied address. */
export function offeredToken(handshake: Handshake): string | undefined {
  const protocols = offeredProtocols(handshake);
  const at = protocols.indexOf(BEARER);
  return (at === -1 ? undefined : protocols[at + 1]) ?? handshake.queryStringParameters?.token;
}

/** What the handshake answers: never the token. A browser that offered protocols closes when none of them comes back (aws facts §1.4). */
export function chosenProtocol(handshake: Handshake): string | undefined {
  return offeredProtocols(handshake).includes(BEARER) ? BEARER : undefined;
}

function offeredProtocols({ headers }: Handshake): readonly string[] {
  const offered = header(headers, "sec-websocket-protocol") ?? "";
  return offered.split(",").map((protocol) => protocol.trim());
}
