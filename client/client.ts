// What an app holds: one method for each thing it may ask, and events for what comes unasked.
import { roomConversation } from "#protocol/conversations.ts";
import type { Ack, Action, Message, Person, Push, Target } from "#protocol/messages.ts";
import { type BeginPorts, begin } from "./begin.ts";
import { Connection, type ConnectionState } from "./connection.ts";
import { type ConversationGap, Conversations } from "./conversations.ts";
import { Events } from "./events.ts";
import { type GatewayFrame, parseFrame } from "./parse-frame.ts";
import { RequestError } from "./request-error.ts";
import { type RequestFor, Requests } from "./requests.ts";
import { Session } from "./session.ts";
import type { Timers } from "./timers.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

export interface ClientEvents {
  /** The connection is being made, usable, or lost (and why). */
  readonly state: ConnectionState;
  /** Every message of a conversation once and in the order of seq, our own included. */
  readonly message: Message;
  readonly presence: Extract<Push, { readonly type: "presence" }>;
  /** A room was entered: because we asked, or again after a reconnect. The answer says who is in it. */
  readonly joined: Ack<"joinRoom"> & { readonly room: string };
  /** Messages that cannot be had any more were skipped. */
  readonly gap: ConversationGap;
  /** Something failed that no request of the app will report. */
  readonly problem: RequestError;
}

export interface ClientPorts {
  readonly url: string;
  readonly name: string | undefined;
  readonly webSocket: WebSocketConstructor;
  readonly timers: Timers;
  readonly random: () => number;
  readonly newId: () => string;
}

/** What leads up to now: how many messages to deliver before the live ones. */
export interface History {
  readonly history?: number;
}

/** `earlier`: there are older messages than those delivered; `getMessages` with `before` has them. */
export interface Following {
  readonly earlier: boolean;
}

export class Client {
  readonly #events = new Events<ClientEvents>();
  readonly #newId: () => string;
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #conversations: Conversations;
  readonly #session: Session;
  readonly #beginPorts: BeginPorts;

  constructor(ports: ClientPorts) {
    const { timers, random } = ports;
    const problem = (error: RequestError) => this.#events.emit("problem", error);
    this.#newId = ports.newId;
    this.#requests = new Requests({ timers, send: (text) => this.#connection.send(text) });
    this.#conversations = new Conversations({
      timers,
      random,
      fetch: (conversation, after) =>
        this.#requests.askHere({ action: "getMessages", conversation, after, limit: 100 }),
      deliver: (message) => this.#events.emit("message", message),
      gap: (gap) => this.#events.emit("gap", gap),
      problem,
    });
    this.#beginPorts = { requests: this.#requests, conversations: this.#conversations, problem };
    this.#session = new Session(
      {
        requests: this.#requests,
        joined: (room, ack) => this.#events.emit("joined", { ...ack, room }),
        expelled: (room) => this.#conversations.forget(roomConversation(room.trim())),
        problem,
      },
      ports.name,
    );
    this.#connection = new Connection({
      url: ports.url,
      webSocket: ports.webSocket,
      timers,
      random,
      restore: () => this.#session.restore(),
      ping: () => void this.#requests.askHere({ action: "ping" }).catch(() => undefined),
      received: (data) => this.#received(data),
      changed: (state) => this.#changed(state),
    });
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (value: ClientEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Who the server says we are; undefined before the first connection. */
  get me(): Person | undefined {
    return this.#session.me;
  }

  /** Connects after `close()`, or at once instead of after the present delay; else does nothing. */
  open(): void {
    this.#connection.open();
  }

  /** Ends the connection and every request that waits. `open()` continues with the same name and rooms. */
  close(): void {
    this.#connection.close();
  }

  async setName(name: string): Promise<Ack<"setName">> {
    const ack = await this.#requests.ask({ action: "setName", name });
    this.#session.named(ack.name);
    return ack;
  }

  async joinRoom(room: string, { history = 0 }: History = {}): Promise<Ack<"joinRoom"> & Following> {
    const conversation = roomConversation(room.trim());
    const isNew = !this.#conversations.isTracked(conversation);
    this.#conversations.expect(conversation);
    try {
      const ack = await this.#requests.ask({ action: "joinRoom", room });
      this.#session.entered(room);
      this.#events.emit("joined", { ...ack, room });
      const earlier = isNew && (await begin(this.#beginPorts, { conversation, seq: ack.seq, history }));
      return { ...ack, earlier };
    } catch (error) {
      if (isNew) this.#conversations.forget(conversation);
      throw error;
    }
  }

  leaveRoom(room: string): Promise<Ack<"leaveRoom">> {
    this.#session.left(room);
    this.#conversations.forget(roomConversation(room.trim()));
    return this.#requests.ask({ action: "leaveRoom", room });
  }

  /** Follows a conversation that needs no joining – a direct one, the lobby – from now on, also through lost connections. */
  async follow(conversation: string, { history = 0 }: History = {}): Promise<Following> {
    if (this.#conversations.isTracked(conversation)) return { earlier: false };
    this.#conversations.expect(conversation);
    try {
      const { seq } = await this.getMessages({ conversation, limit: 1 });
      return { earlier: await begin(this.#beginPorts, { conversation, seq, history }) };
    } catch (error) {
      this.#conversations.forget(conversation);
      throw error;
    }
  }

  /** The message also comes as a `message` event, in its place in the order. The same `id` again is stored once. */
  async sendMessage(to: Target, content: string, { id = this.#newId() } = {}): Promise<Ack<"sendMessage">> {
    const ack = await this.#requests.ask({ action: "sendMessage", to, content, id });
    const sender = this.me;
    // The server pushes to everybody else; the order of the conversation needs ours, too.
    if (sender !== undefined) {
      const { conversation, seq, sentAt } = ack;
      this.#conversations.receive({ conversation, seq, id: ack.id, sender, content, sentAt });
    }
    return ack;
  }

  getMessages(query: Omit<RequestFor<"getMessages">, "action">): Promise<Ack<"getMessages">> {
    return this.#requests.ask({ action: "getMessages", ...query });
  }

  members(room: string): Promise<Ack<"members">> {
    return this.#requests.ask({ action: "members", room });
  }

  whoami(): Promise<Ack<"whoami">> {
    return this.#requests.ask({ action: "whoami" });
  }

  ping(): Promise<Ack<"ping">> {
    return this.#requests.ask({ action: "ping" });
  }

  /** Any of the above by its frame, without what the methods add. */
  request<A extends Action>(request: RequestFor<A>): Promise<Ack<A>> {
    return this.#requests.ask<A>(request);
  }

  #received(data: unknown): void {
    const frame = parseFrame(data);
    switch (frame?.type) {
      case "message": {
        const { type: _, ...message } = frame;
        this.#conversations.receive(message);
        break;
      }
      case "presence":
        this.#events.emit("presence", frame);
        break;
      case "ack":
        this.#requests.answer(frame);
        break;
      case "error":
        if (frame.code === "not_connected") this.#connection.renew({ code: 1006, words: frame.message });
        else if (!this.#requests.answer(frame)) this.#events.emit("problem", RequestError.fromFrame(frame));
        break;
      case "gateway":
        this.#gatewayFailed(frame);
        break;
      case undefined:
        break;
    }
  }

  #gatewayFailed({ message }: GatewayFrame): void {
    const code = message === "Forbidden" ? "unknown_action" : "unavailable";
    const error = new RequestError(code, `The API answered "${message}".`);
    if (!this.#requests.failOnly(error)) this.#events.emit("problem", error);
  }

  #changed(state: ConnectionState): void {
    if (state.status === "connecting") this.#requests.hope();
    if (state.status === "closed") {
      this.#conversations.pause();
      if (state.retryInMs === undefined) this.#requests.abandon(state.why.words);
      else this.#requests.halt(state.why.words);
    }
    this.#events.emit("state", state);
    if (state.status !== "open" || this.state !== state) return;
    this.#requests.flow();
    this.#conversations.catchUp();
  }
}
