// The native protocol in memory over real sockets: what a client and the page are tested against without AWS. It can be told to
// misbehave: to keep silent, refuse, lose connections, write without pushing, push in any order.
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { directConversation, LOBBY, participantsOf, roomConversation } from "#protocol/conversations.ts";
import { ChatError, ERRORS } from "#protocol/errors.ts";
import { isFrame } from "#protocol/fields.ts";
import type { Action, Message, Person, Push, Request, ServerFrame, Target } from "#protocol/messages.ts";
import { parseRequest } from "#protocol/parse-request.ts";
import { Queue } from "./queue.ts";

export interface Connection {
  readonly id: string;
  readonly url: URL;
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
  readonly #server: WebSocketServer;
  readonly #messages = new Map<string, Message[]>();
  #connectionCount = 0;

  static async start(): Promise<ProtocolServer> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/dev" });
    await new Promise<void>((resolve) => server.once("listening", resolve));
    return new ProtocolServer(server);
  }

  private constructor(server: WebSocketServer) {
    this.#server = server;
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/dev`;
    server.on("connection", (socket, request) => this.#connect(socket, new URL(request.url ?? "", this.url)));
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

  /** Stored, but pushed to nobody. */
  write(
    conversation: string,
    content: string,
    { sender = { id: "other" } as Person, id = content, seq = 0 } = {},
  ): Message {
    const messages = this.#messages.get(conversation) ?? [];
    this.#messages.set(conversation, messages);
    const next = seq || this.lastSeq(conversation) + 1;
    const message = { conversation, seq: next, id, sender, content, sentAt: new Date().toISOString() };
    messages.push(message);
    messages.sort((one, other) => one.seq - other.seq);
    return message;
  }

  /** As when its retention has passed. */
  remove(conversation: string, seq: number): void {
    const kept = this.#stored(conversation).filter((message) => message.seq !== seq);
    this.#messages.set(conversation, kept);
  }

  push(message: Message, to: Iterable<Connection> = this.#audience(message.conversation)): void {
    for (const connection of to) this.send(connection, { type: "message", ...message } satisfies Push);
  }

  answer({ connection, request, requestId }: Received): void {
    const named = requestId === undefined ? {} : { requestId };
    try {
      this.send(connection, { type: "ack", action: request.action, ...named, ...this.#perform(connection, request) });
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

  lastSeq(conversation: string): number {
    return this.#stored(conversation).at(-1)?.seq ?? 0;
  }

  #stored(conversation: string): readonly Message[] {
    return this.#messages.get(conversation) ?? [];
  }

  #connect(socket: WebSocket, url: URL): void {
    this.#connectionCount += 1;
    const id = `connection-${this.#connectionCount}`;
    const connection = {
      id,
      url,
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
    for (const conversation of connection.rooms) this.#announce(connection, conversation, "leave");
  }

  #perform(connection: Connection, request: Request): object {
    switch (request.action) {
      case "setName":
        connection.user = { ...connection.user, name: request.name };
        for (const conversation of connection.rooms) this.#announce(connection, conversation, "rename");
        return { name: request.name };
      case "joinRoom": {
        const conversation = roomConversation(request.room);
        const isNew = !connection.rooms.has(conversation);
        connection.rooms.add(conversation);
        if (isNew) this.#announce(connection, conversation, "join");
        return this.#members(conversation);
      }
      case "leaveRoom": {
        const conversation = roomConversation(request.room);
        if (connection.rooms.delete(conversation)) this.#announce(connection, conversation, "leave");
        return { conversation };
      }
      case "sendMessage":
        return this.#accept(connection, request);
      case "getMessages":
        return this.#page(request.conversation ?? directConversation(connection.user.id, request.with ?? ""), request);
      case "members":
        return this.#members(roomConversation(request.room));
      case "whoami":
        return { connectionId: connection.id, user: connection.user };
      case "ping":
        return { at: new Date().toISOString() };
    }
  }

  #accept(connection: Connection, request: Extract<Request, { action: "sendMessage" }>): object {
    const conversation = conversationOf(request.to, connection.user);
    if ("room" in request.to && !connection.rooms.has(conversation)) {
      throw new ChatError("not_a_member", `You are not in the room "${request.to.room}": join it first.`);
    }
    const known = this.#stored(conversation).find(({ id }) => id === request.id);
    const message =
      known ??
      this.write(conversation, request.content, { sender: connection.user, ...(request.id ? { id: request.id } : {}) });
    if (known === undefined)
      this.push(
        message,
        [...this.#audience(conversation)].filter((one) => one !== connection),
      );
    return { conversation, seq: message.seq, id: message.id, sentAt: message.sentAt };
  }

  #page(
    conversation: string,
    { limit = 50, before, after }: { limit?: number; before?: number; after?: number },
  ): object {
    const within = this.#stored(conversation).filter(
      ({ seq }) => seq < (before ?? Number.POSITIVE_INFINITY) && seq > (after ?? 0),
    );
    const messages = after === undefined ? within.slice(-limit) : within.slice(0, limit);
    return { conversation, messages, seq: this.lastSeq(conversation), more: within.length > messages.length };
  }

  #members(conversation: string): object {
    const people = new Map([...this.#audience(conversation)].map(({ user }) => [user.id, user]));
    return { conversation, seq: this.lastSeq(conversation), members: [...people.values()] };
  }

  #announce(who: Connection, conversation: string, event: "join" | "leave" | "rename"): void {
    for (const connection of this.#audience(conversation)) {
      if (connection !== who) this.send(connection, { type: "presence", conversation, event, user: who.user });
    }
  }

  *#audience(conversation: string): Iterable<Connection> {
    for (const connection of this.connections) {
      const isIn = conversation === LOBBY || connection.rooms.has(conversation);
      if (isIn || participantsOf(conversation).includes(connection.user.id)) yield connection;
    }
  }
}

function conversationOf(target: Target, sender: Person): string {
  if ("room" in target) return roomConversation(target.room);
  if ("user" in target) return directConversation(sender.id, target.user);
  if ("everyone" in target) return LOBBY;
  throw new ChatError("not_found", "This server knows rooms, users and the lobby only.");
}
