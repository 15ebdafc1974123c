// What API Gateway hands to a WebSocket route's function: the parts we read (aws facts §2).
export interface WebSocketEvent {
  readonly requestContext: {
    readonly routeKey: string;
    readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
    readonly connectionId: string;
    /** Milliseconds since 1970. */
    readonly connectedAt: number;
    readonly requestId: string;
    readonly disconnectStatusCode?: number;
    readonly disconnectReason?: string;
  };
  /** On CONNECT only, and absent when there is no query. */
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  /** On MESSAGE only: the frame's text. */
  readonly body?: string;
}

export interface WebSocketResult {
  readonly statusCode: number;
  /** On a two-way route, the frame that answers; without it none is sent. */
  readonly body?: string;
}
