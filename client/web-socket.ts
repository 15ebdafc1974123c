// The little the client needs of a WebSocket: browsers have it built in, Node since 22, elsewhere `ws` is handed in.

export interface WebSocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: "error", listener: (event: { readonly message?: string }) => void): void;
}

export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;

/** The runtime's own WebSocket, or a full sentence about what to do without one. */
export function builtInWebSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as { readonly WebSocket?: WebSocketConstructor };
  if (WebSocket === undefined) {
    throw new Error(
      "This runtime has no global WebSocket (Node.js has one since 22). Hand one in: " +
        'import { WebSocket } from "ws"; connect({ url, webSocket: WebSocket }).',
    );
  }
  return WebSocket;
}
