// A WebSocket client that keeps every frame from the first instant, so that a test reads as a conversation.
import { once } from "node:events";
import { type ClientOptions, WebSocket } from "ws";

export interface Refusal {
  readonly status: number;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

export interface Closure {
  readonly code: number;
  readonly reason: string;
}

export class TestClient {
  readonly socket: WebSocket;
  readonly closed: Promise<Closure>;
  readonly #frames: string[] = [];
  #wake: (() => void) | undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.#frames.push(data.toString());
      this.#wake?.();
    });
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  send(message: object | string): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next frame, in the order of arrival. */
  async next(): Promise<string> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Frames nobody has asked for. */
  get unread(): readonly string[] {
    return this.#frames;
  }

  async close(code?: number, reason?: string): Promise<Closure> {
    this.socket.close(code, reason);
    return this.closed;
  }
}

export async function connectClient(
  url: string,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<TestClient> {
  const client = new TestClient(new WebSocket(url, protocols, options));
  await once(client.socket, "open");
  return client;
}

/** How a handshake that must fail is refused. */
export function refusedHandshake(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<Refusal> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, options);
    socket.on("error", () => {});
    socket.on("open", () => {
      socket.close();
      reject(new Error(`${url} was opened`));
    });
    socket.on("unexpected-response", (_request, response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
      });
    });
  });
}
