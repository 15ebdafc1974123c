// The native protocol in memory over real sockets: what a client and the page are tested against without AWS. It can be told to
// misbehave: to keep silent, refuse, lose connections, write without pushing, push in any order.
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { directConversation, LOBBY, participantsOf, roomConversation } from "#protocol/conversations.ts";
import { ChatError, ERRORS } from "#protocol/errors.ts";
import { isFrame } from "#protocol/fields.ts";
import type {
  AckFields,
  Action,
  Deletion,
  Edit,
  Entry,
  Message,
  Person,
  Push,
  Request,
  ServerFrame,
} from "#protocol/messages.ts";
import { parseRequest } from "#protocol/parse-request.ts";
import { conversationOf } from "./conversation-of.ts";
import { EntryStore } from "./entry-store.ts";
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

  push(frame: Push, to: Iterable<Connection> = this.#audience(frame.conversation)): void {
    for (const connection of to) this.send(connection, frame);
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
      if (!this.#isElsewhereIn(connection, conversation)) this.#announce(connection, conversation, "leave");
    }
  }

  #perform(connection: Connection, request: Request): object {
    switch (request.action) {
      case "setName":
        connection.user = { ...connection.user, name: request.name };
        for (const conversation of connection.rooms) this.#announce(connection, conversation, "rename");
        return { name: request.name };
      case "joinRoom": {
        const conversation = roomConversation(request.room);
        const isNew = !connection.rooms.has(conversation) && !this.#isElsewhereIn(connection, conversation);
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
      case "editMessage":
      case "deleteMessage":
        return this.#amended(connection, request);
      case "getMessages": {
        const named = request.conversation ?? directConversation(connection.user.id, request.with ?? "");
        return this.store.page(this.#readable(connection, named), request);
      }
      case "resume":
        for (const { conversation } of request.conversations) this.#readable(connection, conversation);
        return this.store.resume(request, this.resumeEntries);
      case "conversations":
        return this.#conversations(connection);
      case "typing":
        this.#tellOthers(connection, {
          type: "typing",
          conversation: conversationOf(request.to, connection.user),
          user: connection.user,
        });
        return {};
      case "receipt": {
        const { conversation, seq, kind } = request;
        this.#readable(connection, conversation);
        this.#tellOthers(connection, { type: "receipt", conversation, seq, kind, user: connection.user });
        return {};
      }
      case "members":
        return this.#members(roomConversation(request.room));
      case "whoami":
        return { connectionId: connection.id, user: connection.user, expiresInSeconds: this.lifetimeSeconds };
      case "refresh":
        return { expiresAt: new Date(0).toISOString(), expiresInSeconds: this.lifetimeSeconds };
      case "ping":
        return { at: new Date().toISOString() };
    }
  }

  #accept(connection: Connection, request: Extract<Request, { action: "sendMessage" }>): object {
    const conversation = conversationOf(request.to, connection.user);
    if ("room" in request.to && !connection.rooms.has(conversation)) {
      throw new ChatError("not_a_member", `You are not in the room "${request.to.room}": join it first.`);
    }
    const known = this.#sentBefore(connection, conversation, request.id);
    const message =
      known ??
      this.write(conversation, request.content, { sender: connection.user, ...(request.id ? { id: request.id } : {}) });
    return this.#published(connection, message, known !== undefined);
  }

  #amended(connection: Connection, request: Extract<Request, { action: "editMessage" | "deleteMessage" }>): object {
    const { conversation, of } = request;
    const message = this.store.message(this.#readable(connection, conversation), of);
    if (message.sender.id !== connection.user.id) {
      throw new ChatError("not_yours", "Only who sent a message may change it or take it back.");
    }
    const known = this.#sentBefore(connection, conversation, request.id);
    const content = request.action === "editMessage" ? { content: request.content } : {};
    const amendment = known ?? this.amend(conversation, of, { ...content, ...(request.id ? { id: request.id } : {}) });
    return this.#published(connection, amendment, known !== undefined);
  }

  #published(connection: Connection, entry: Entry, again: boolean): AckFields["sendMessage"] {
    const { conversation, seq, id, sentAt } = entry;
    const others = [...this.#audience(conversation)].filter((one) => one !== connection);
    if (!again) this.push(entry, others);
    return { conversation, seq, id, sentAt };
  }

  #sentBefore(connection: Connection, conversation: string, clientId: string | undefined): Entry | undefined {
    const { user } = connection;
    return this.store.of(conversation).find(({ id, sender }) => id === clientId && sender.id === user.id);
  }

  #readable(connection: Connection, conversation: string): string {
    const isTheirs =
      conversation === LOBBY ||
      connection.rooms.has(conversation) ||
      participantsOf(conversation).includes(connection.user.id);
    if (!isTheirs) throw new ChatError("not_a_member", `${conversation} is not yours to read.`);
    return conversation;
  }

  #conversations(connection: Connection): AckFields["conversations"] {
    const direct = this.store.conversations.filter((name) => participantsOf(name).includes(connection.user.id));
    const names = [LOBBY, ...connection.rooms, ...direct].sort();
    const conversations = names.map((conversation) => ({ conversation, seq: this.store.lastSeq(conversation) }));
    return { conversations, more: false };
  }

  #tellOthers(connection: Connection, push: Push): void {
    const others = [...this.#audience(push.conversation)].filter(({ user }) => user.id !== connection.user.id);
    this.push(push, others);
  }

  #members(conversation: string): object {
    const people = new Map([...this.#audience(conversation)].map(({ user }) => [user.id, user]));
    return { conversation, seq: this.store.lastSeq(conversation), members: [...people.values()] };
  }

  #announce(who: Connection, conversation: string, event: "join" | "leave" | "rename"): void {
    for (const connection of this.#audience(conversation)) {
      if (connection !== who) this.send(connection, { type: "presence", conversation, event, user: who.user });
    }
  }

  /** With another tab or device. */
  #isElsewhereIn(connection: Connection, conversation: string): boolean {
    const others = [...this.connections].filter((one) => one !== connection && one.user.id === connection.user.id);
    return others.some(({ rooms }) => rooms.has(conversation));
  }

  *#audience(conversation: string): Iterable<Connection> {
    for (const connection of this.connections) {
      const isIn = conversation === LOBBY || connection.rooms.has(conversation);
      if (isIn || participantsOf(conversation).includes(connection.user.id)) yield connection;
    }
  }
}

function tokenIn({ headers }: IncomingMessage): string | undefined {
  const [scheme, token] = headers["sec-websocket-protocol"]?.split(/, */) ?? [];
  return scheme === "bearer" ? token : undefined;
}
