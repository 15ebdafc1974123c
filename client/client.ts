// What an app holds: one method for each thing it may ask, and events for what comes unasked.
import type { Ack, Action, Person, Target } from "#protocol/messages.ts";
import type { Earlier } from "./begin.ts";
import type { ClientEvents } from "./client-events.ts";
import { Connection, type ConnectionState } from "./connection.ts";
import { Conversations } from "./conversations.ts";
import { Discovery } from "./discovery.ts";
import { Events } from "./events.ts";
import { Inbound } from "./inbound.ts";
import { Receipts } from "./receipts.ts";
import type { RequestError } from "./request-error.ts";
import { type RequestFor, Requests } from "./requests.ts";
import { Rooms } from "./rooms.ts";
import { Session } from "./session.ts";
import type { Timers } from "./timers.ts";
import { TokenRefresh } from "./token-refresh.ts";
import type { Tokens } from "./tokens.ts";
import { Typing } from "./typing.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

export interface ClientPorts {
  readonly url: string;
  readonly name: string | undefined;
  /** Undefined where we have none to show. */
  readonly tokens: Tokens | undefined;
  readonly webSocket: WebSocketConstructor;
  readonly timers: Timers;
  readonly random: () => number;
  readonly newId: () => string;
}

type Sent = Ack<"sendMessage" | "editMessage" | "deleteMessage">;

export class Client {
  readonly #events = new Events<ClientEvents>();
  readonly #newId: () => string;
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #conversations: Conversations;
  readonly #inbound: Inbound;
  readonly #discovery: Discovery;
  readonly #receipts: Receipts;
  readonly #typing: Typing;
  readonly #rooms: Rooms;
  readonly #session: Session;
  readonly #tokens: Tokens | undefined;
  readonly #refresh: TokenRefresh | undefined;

  constructor(ports: ClientPorts) {
    const { timers, random } = ports;
    const problem = (error: RequestError) => this.#events.emit("problem", error);
    this.#newId = ports.newId;
    this.#requests = new Requests({ timers, send: (text) => this.#connection.send(text) });
    const requests = this.#requests;
    this.#receipts = new Receipts({ timers, requests });
    this.#typing = new Typing({ timers, requests });
    this.#conversations = new Conversations({
      timers,
      random,
      resume: async (conversations) => (await requests.askHere({ action: "resume", conversations })).conversations,
      deliver: (entry) => this.#inbound.deliver(entry),
      gap: (gap) => this.#events.emit("gap", gap),
      problem,
    });
    const conversations = this.#conversations;
    this.#discovery = new Discovery({
      timers,
      random,
      requests,
      found: (list) => {
        this.#events.emit("conversations", list);
        conversations.listed(list);
      },
      problem,
    });
    const { tokens } = ports;
    this.#tokens = tokens;
    this.#refresh =
      tokens &&
      new TokenRefresh({ timers, random, tokens, requests, ended: (words) => this.#turnedOut(words), problem });
    this.#inbound = new Inbound({
      events: this.#events,
      requests,
      conversations,
      receipts: this.#receipts,
      me: () => this.me?.id,
      notConnected: (words) => this.#connection.abandon({ code: 1006, words }),
      turnedOut: (words) => tokens !== undefined && this.#turnedOut(words),
    });
    this.#rooms = new Rooms({ requests, conversations, inbound: this.#inbound, receipts: this.#receipts, problem });
    this.#session = new Session(
      {
        requests,
        rooms: this.#rooms,
        restored: (expiresInSeconds) => {
          tokens?.accepted();
          this.#refresh?.begin(expiresInSeconds);
        },
        problem,
      },
      ports.name,
    );
    this.#connection = new Connection({
      dial: {
        url: ports.url,
        webSocket: ports.webSocket,
        timers,
        ...(tokens && { protocols: () => tokens.forHandshake() }),
      },
      timers,
      random,
      restore: () => this.#session.restore(),
      ping: () => void requests.askHere({ action: "ping" }).catch(() => undefined),
      received: (data) => this.#inbound.received(data),
      changed: (state) => this.#changed(state),
      moving: () => requests.halt("The connection is being replaced by a new one."),
      moved: () => this.#begin(),
      refused: (how) => {
        if (how === "surely") return tokens?.refused() ?? false;
        tokens?.doubted();
        return true;
      },
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
    this.#tokens?.forgive();
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

  /**
   * `history`: how many entries to deliver of those that lead up to now, at most 100 (`LIMITS.pageOfMessages.most`). What is before them,
   * `getMessages` has, from the answer's `older` on.
   */
  joinRoom(room: string, { history = 0 } = {}): Promise<Ack<"joinRoom"> & Earlier> {
    return this.#rooms.join(room, history);
  }

  leaveRoom(room: string): Promise<Ack<"leaveRoom">> {
    return this.#rooms.leave(room);
  }

  /**
   * The message also comes as a `message` event, in its place in the order. The same `id` again is stored once. Several to one room or
   * one user go out one after the other, each when the one before is answered: they are stored in the order of the calls.
   */
  async sendMessage(to: Target, content: string, { id = this.#newId() } = {}): Promise<Ack<"sendMessage">> {
    this.#typing.done(to);
    const ack = await this.#requests.ask({ action: "sendMessage", to, content, id });
    this.#sent(ack, { type: "message", content });
    return ack;
  }

  /** Gives our message `of` another content; comes as an `edit` event, too. */
  async editMessage(
    conversation: string,
    of: number,
    content: string,
    { id = this.#newId() } = {},
  ): Promise<Ack<"editMessage">> {
    const ack = await this.#requests.ask({ action: "editMessage", conversation, of, content, id });
    this.#sent(ack, { type: "edit", of, content });
    return ack;
  }

  /** Takes our message `of` back; comes as a `deletion` event, too. */
  async deleteMessage(conversation: string, of: number, { id = this.#newId() } = {}): Promise<Ack<"deleteMessage">> {
    const ack = await this.#requests.ask({ action: "deleteMessage", conversation, of, id });
    this.#sent(ack, { type: "deletion", of });
    return ack;
  }

  /** A page of what was said, without events; `older` and `newer` of the answer are the `cursor` of the next. */
  getMessages(query: Omit<RequestFor<"getMessages">, "action">): Promise<Ack<"getMessages">> {
    return this.#requests.ask({ action: "getMessages", ...query });
  }

  /** To be called with each key: the others are told now and then. */
  typing(to: Target): void {
    this.#typing.show(to);
  }

  /** The person has read as far as `seq`. That a message was received is told by itself. */
  markRead(conversation: string, seq: number): void {
    this.#receipts.note(conversation, "read", seq);
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

  /** The server pushes to everybody else; the order of the conversation needs ours, too. */
  #sent(
    { conversation, seq, id, sentAt }: Sent,
    what:
      | { type: "message"; content: string }
      | { type: "edit"; of: number; content: string }
      | { type: "deletion"; of: number },
  ): void {
    const sender = this.me;
    if (sender !== undefined) this.#conversations.receive({ conversation, seq, id, sender, sentAt, ...what });
  }

  /** Goes to a new connection, with a new token if there is one. What was asked waits for it. */
  #turnedOut(words: string): true {
    const refused = this.#refresh?.isDue ? ({ refused: "surely" } as const) : {};
    this.#connection.abandon({ code: 1008, words, ...refused });
    return true;
  }

  #changed(state: ConnectionState): void {
    if (state.status === "connecting") this.#requests.hope();
    if (state.status === "closed") {
      this.#conversations.pause();
      this.#discovery.pause();
      this.#receipts.pause();
      this.#typing.pause();
      this.#refresh?.pause();
      if (state.retryInMs === undefined) this.#requests.abandon(state.why.words);
      else this.#requests.halt(state.why.words);
    }
    this.#events.emit("state", state);
    if (state.status === "open" && this.state === state) this.#begin();
  }

  /** A socket is set up: the waiting requests go out on it, and what was missed comes in. */
  #begin(): void {
    this.#requests.flow();
    this.#conversations.catchUp();
    this.#discovery.begin();
    this.#receipts.open();
  }
}
