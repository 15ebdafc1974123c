// The native protocol in memory over real sockets: what a client and the page are tested against without AWS. It can be told to
// misbehave: to keep silent, refuse, lose connections, write without pushing, push in any order.
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { ChatError, ERRORS } from "#protocol/errors.ts";
import { isFrame } from "#protocol/fields.ts";
import type { Action, Deletion, Edit, Message, Person, Push, Request, ServerFrame } from "#protocol/messages.ts";
import { parseRequest } from "#protocol/parse-request.ts";
import { announce, audienceOf, isElsewhereIn } from "./audience.ts";
import { EntryStore } from "./entry-store.ts";
import { performRequest } from "./perform-request.ts";
import { Queue } from "./queue.ts";

export interface Connection {
  readonly id: string;
  readonly url: URL;
  /** Offered behind the protocol bearer. */
  readonly token: string | undefined;
  readonly socket: WebSocket;
  readonly rooms: Set<string>;
  user: Person;
}

export interface Received {
  readonly connection: Connection;
  readonly request: Request;
  readonly requestId: string | undefined;
}

/** What happens to a request instead of the usual: nothing, or what the test does itself. */
export type Interceptor = (received: Received) => "handled" | "pass";

export class ProtocolServer {
  readonly url: string;
  readonly connections = new Set<Connection>();
  readonly received = new Queue<Received>();
  readonly connected = new Queue<Connection>();
  intercept: Interceptor = () => "pass";
  readonly store = new EntryStore();
  /** How many entries one answer to `resume` carries. */
  resumeEntries = 100;
  /** Which handshakes are answered with 403, by their token. */
  refuses: (token: string | undefined) => boolean = () => false;
  /** How long a connection is who it is; undefined: for ever, and the server says nothing of it. */
  lifetimeSeconds: number | undefined;
  readonly #server: WebSocketServer;
  #connectionCount = 0;

  static async start(): Promise<ProtocolServer> {
    const server = new WebSocketServer({
      port: 0,
      host: "127.0.0.1",
      path: "/dev",
      verifyClient: ({ req }, answer) => answer(!started.refuses(tokenIn(req)), 403),
    });
    await new Promise<void>((resolve) => server.once("listening", resolve));
    const started = new ProtocolServer(server);
    return started;
  }

  private constructor(server: WebSocketServer) {
    this.#server = server;
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/dev`;
    server.on("connection", (socket, request) => this.#connect(socket, request));
  }

  async close(): Promise<void> {
    this.dropAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** As when the network fails: no closing handshake. */
  dropAll(): void {
    for (const { socket } of this.connections) socket.terminate();
  }

  send(connection: Connection, frame: ServerFrame | object): void {
    connection.socket.send(JSON.stringify(frame));
  }

  /** The next request of this action; the ones before it count as read. */
  async next(action: Action): Promise<Received> {
    return this.received.find(({ request }) => request.action === action);
  }

  /** A stored message, pushed to nobody. */
  write(
    conversation: string,
    content: string,
    { sender = { id: "other" } as Person, id = content, seq = 0 } = {},
  ): Message {
    const next = seq || this.store.lastSeq(conversation) + 1;
    const sentAt = new Date().toISOString();
    const message: Message = { type: "message", conversation, seq: next, id, sender, content, sentAt };
    this.store.add(message);
    return message;
  }

  /** A stored edit – or, without content, a deletion – of a message, pushed to nobody. */
  amend(conversation: string, of: number, { content, id = `amendment of ${of}` }: { content?: string; id?: string }) {
    const { sender } = this.store.message(conversation, of);
    const common = { conversation, seq: this.store.lastSeq(conversation) + 1, id, sender, of };
    const sentAt = new Date().toISOString();
    const amendment: Edit | Deletion =
      content === undefined ? { type: "deletion", ...common, sentAt } : { type: "edit", ...common, content, sentAt };
    this.store.add(amendment);
    this.store.amend(amendment);
    return amendment;
  }

  push(frame: Push, to: Iterable<Connection> = audienceOf(this, frame.conversation)): void {
    for (const connection of to) this.send(connection, frame);
  }

  answer({ connection, request, requestId }: Received): void {
    const named = requestId === undefined ? {} : { requestId };
    try {
      this.send(connection, {
        type: "ack",
        action: request.action,
        ...named,
        ...performRequest(this, connection, request),
      });
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      this.refuse({ connection, request, requestId }, error);
    }
  }

  refuse({ connection, request, requestId }: Received, { code, message }: ChatError): void {
    const named = requestId === undefined ? {} : { requestId };
    const { retryable } = ERRORS[code];
    this.send(connection, { type: "error", code, message, retryable, action: request.action, ...named });
  }

  #connect(socket: WebSocket, request: IncomingMessage): void {
    const url = new URL(request.url ?? "", this.url);
    this.#connectionCount += 1;
    const id = `connection-${this.#connectionCount}`;
    const connection = {
      id,
      url,
      token: tokenIn(request),
      socket,
      rooms: new Set<string>(),
      user: { id: url.searchParams.get("userId") ?? id },
    };
    this.connections.add(connection);
    socket.on("message", (data) => this.#receive(connection, String(data)));
    socket.on("close", () => this.#disconnected(connection));
    this.connected.push(connection);
  }

  #receive(connection: Connection, text: string): void {
    const frame: unknown = JSON.parse(text);
    if (!isFrame(frame)) throw new Error(`The client sent ${text}.`);
    const requestId = frame.requestId === undefined ? undefined : String(frame.requestId);
    const received = { connection, request: parseRequest(frame), requestId };
    this.received.push(received);
    if (this.intercept(received) === "pass") this.answer(received);
  }

  #disconnected(connection: Connection): void {
    this.connections.delete(connection);
    for (const conversation of connection.rooms) {
      if (!isElsewhereIn(this, connection, conversation)) announce(this, connection, conversation, "leave");
    }
  }
}

function tokenIn({ headers }: IncomingMessage): string | undefined {
  const [scheme, token] = headers["sec-websocket-protocol"]?.split(/, */) ?? [];
  return scheme === "bearer" ? token : undefined;
}
