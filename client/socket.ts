// One WebSocket from its handshake to its end, told as three events. `closed` comes exactly once, and nothing comes after it.
import { type CloseReason, closeReason } from "./close-reason.ts";
import type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";

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

export function openSocket(url: string, webSocket: WebSocketConstructor, listener: SocketListener): Socket {
  const socket = new webSocket(url);
  let wasOpen = false;
  let ended = false;
  let detail: string | undefined;

  const end = (why: CloseReason) => {
    if (ended) return;
    ended = true;
    listener.closed(why);
  };
  socket.addEventListener("open", () => {
    wasOpen = true;
    if (!ended) listener.opened();
  });
  socket.addEventListener("message", (event) => {
    if (!ended) listener.received(event.data);
  });
  // Browsers say nothing in an error event; `ws` says e.g. "Unexpected server response: 403". A close event follows either way.
  socket.addEventListener("error", (event) => {
    detail = event.message || undefined;
  });
  socket.addEventListener("close", (event) => {
    end(closeReason(event.code, { wasOpen, detail: event.reason || detail }));
  });

  return {
    send: (text) => socket.send(text),
    end(why) {
      closeQuietly(socket);
      end(why);
    },
  };
}

function closeQuietly(socket: WebSocketLike): void {
  try {
    socket.close(1000);
  } catch {
    // Closing a socket that never opened throws in some runtimes; it is over either way.
  }
}
