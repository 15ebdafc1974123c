// What API Gateway hands to a WebSocket route's function: the parts we read (aws facts §2).
export interface WebSocketEvent {
  readonly requestContext: {
    readonly routeKey: string;
    readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
    readonly connectionId: string;
    /** Milliseconds since 1970. */
    readonly connectedAt: number;
    /** When API Gateway had the frame; milliseconds since 1970. */
    readonly requestTimeEpoch: number;
    readonly requestId: string;
    readonly disconnectStatusCode?: number;
    readonly disconnectReason?: string;
    /** What the authorizer said at the handshake, on every event; absent without one (aws facts §1.5). */
    readonly authorizer?: Readonly<Record<string, unknown>>;
  };
  /** On CONNECT only. */
  readonly headers?: Headers;
  /** On CONNECT only, and absent when there is no query. */
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  /** On MESSAGE only: the frame's text. */
  readonly body?: string;
}

export interface WebSocketResult {
  readonly statusCode: number;
  /** On a two-way route, the frame that answers; without it none is sent. */
  readonly body?: string;
  /** On CONNECT only `Sec-WebSocket-Protocol` reaches the client (aws facts §1.3). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an authorizer is asked (aws facts §1.6). */
export interface AuthorizerEvent {
  readonly methodArn: string;
  readonly headers?: Headers;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly requestContext: { readonly connectionId: string };
}

/** Named as the client writes them, or all in lower case (aws facts §1.9). */
type Headers = Readonly<Record<string, string>>;

/** @param name in lower case */
export function header(headers: Headers | undefined, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
