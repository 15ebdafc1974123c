// One WebSocket from its handshake to its end, told as three events. `closed` comes exactly once, and nothing comes after it.
import { type CloseReason, closeReason } from "./close-reason.ts";
import type { Cancel, Timers } from "./timers.ts";
import { SignInNeeded } from "./tokens.ts";
import type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";

/** An authorizer and `$connect`, both cold, answer sooner; who accepts a connection and never speaks is given up. */
export const HANDSHAKE_MS = 30_000;

const NO_HANDSHAKE: CloseReason = {
  code: 1006,
  words: `The server did not answer the handshake within ${HANDSHAKE_MS / 1000} s.`,
  neverOpened: true,
};

export interface Dial {
  readonly url: string;
  readonly webSocket: WebSocketConstructor;
  readonly timers: Timers;
  /** What to offer as protocols – the token is one –, when there is anything. */
  protocols?(): Promise<readonly string[]>;
}

export interface SocketListener {
  opened(): void;
  received(data: unknown): void;
  closed(why: CloseReason): void;
}

export interface Socket {
  send(text: string): void;
  /** Ends it at once for us, without waiting for a peer that may be gone. */
  end(why: CloseReason): void;
}

export function openSocket({ url, webSocket, timers, protocols }: Dial, listener: SocketListener): Socket {
  let socket: WebSocketLike | undefined;
  let patience: Cancel | undefined;
  let ended = false;

  const end = (why: CloseReason) => {
    if (ended) return;
    ended = true;
    patience?.();
    listener.closed(why);
  };
  const giveUp = (why: CloseReason) => {
    closeQuietly(socket);
    end(why);
  };
  const begin = (offered?: readonly string[]) => {
    if (ended) return;
    socket = offered === undefined ? new webSocket(url) : new webSocket(url, [...offered]);
    patience = timers.after(HANDSHAKE_MS, () => giveUp(NO_HANDSHAKE));
    listen(socket, offered !== undefined, {
      opened() {
        patience?.();
        if (!ended) listener.opened();
      },
      received: (data) => ended || listener.received(data),
      closed: end,
    });
  };
  if (protocols === undefined) begin();
  else
    protocols()
      .then(begin)
      .catch((error: unknown) => end(withoutToken(error)));

  return { send: (text) => socket?.send(text), end: giveUp };
}

function listen(socket: WebSocketLike, withToken: boolean, listener: SocketListener): void {
  let wasOpen = false;
  let detail: string | undefined;
  socket.addEventListener("open", () => {
    wasOpen = true;
    listener.opened();
  });
  socket.addEventListener("message", (event) => listener.received(event.data));
  // Browsers say nothing in an error event; `ws` says e.g. "Unexpected server response: 403". A close event follows either way.
  socket.addEventListener("error", (event) => {
    detail = event.message || undefined;
  });
  socket.addEventListener("close", (event) => {
    listener.closed(closeReason(event.code, { wasOpen, withToken, detail: event.reason || detail }));
  });
}

/** Only what is ours is repeated: a browser's words about a protocol that cannot be repeat the protocol, which is the token. */
function withoutToken(error: unknown): CloseReason {
  if (error instanceof SignInNeeded) return { code: 1008, words: error.message, refused: "surely", final: true };
  return { code: 1006, words: "No token could be had." };
}

function closeQuietly(socket: WebSocketLike | undefined): void {
  try {
    socket?.close(1000);
  } catch {
    // Closing a socket that never opened throws in some runtimes; it is over either way.
  }
}
