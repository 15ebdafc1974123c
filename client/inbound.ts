// What becomes of each frame the server sends: an answer for who asked, an entry for its conversation, an event for the app.
import { kindOf } from "#protocol/conversations.ts";
import type { Ack, Entry, ErrorFrame, Signal } from "#protocol/messages.ts";
import type { ClientEvents, PushOf } from "./client-events.ts";
import type { Conversations } from "./conversations.ts";
import type { Events } from "./events.ts";
import { type GatewayFrame, parseFrame, type UnreadableFrame } from "./parse-frame.ts";
import { RECEIPTS, type Receipts } from "./receipts.ts";
import { RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";
import { RoomSizes } from "./room-sizes.ts";

export interface InboundPorts {
  readonly events: Pick<Events<ClientEvents>, "emit">;
  readonly requests: Pick<Requests, "answer" | "fail" | "failOnly">;
  readonly conversations: Pick<Conversations, "receive">;
  readonly receipts: Pick<Receipts, "note">;
  me(): string | undefined;
  /** The server does not know this connection any more. */
  notConnected(words: string): void;
  /** Who we are has ended. False: there is nothing we could do about it, and who asked is told. */
  turnedOut(words: string): boolean;
}

export class Inbound {
  readonly #ports: InboundPorts;
  readonly #roomSizes = new RoomSizes();
  /** Of rooms whose answer to `joinRoom` is to come: a push that overtakes it is newer than the members it names. */
  readonly #heldBack = new Map<string, PushOf<"presence">[]>();

  constructor(ports: InboundPorts) {
    this.#ports = ports;
  }

  received(data: unknown): void {
    const { requests, conversations } = this.#ports;
    const frame = parseFrame(data);
    switch (frame?.type) {
      case "message":
      case "edit":
      case "deletion":
        conversations.receive(frame);
        break;
      case "entries":
        for (const entry of frame.entries) conversations.receive(entry);
        this.#signals(frame);
        break;
      case "signals":
        this.#signals(frame);
        break;
      case "presence":
      case "typing":
      case "receipt":
        this.#signal(frame);
        break;
      case "ack":
        requests.answer(frame);
        break;
      case "error":
        this.#failed(frame);
        break;
      case "gateway":
        this.#gatewayFailed(frame);
        break;
      case "unreadable":
        this.#unreadable(frame);
        break;
      case undefined:
        break;
    }
  }

  joining(conversation: string): void {
    if (!this.#heldBack.has(conversation)) this.#heldBack.set(conversation, []);
  }

  joined(room: string, ack: Ack<"joinRoom">): void {
    this.#roomSizes.joined(ack);
    this.#ports.events.emit("joined", { ...ack, room });
    this.joiningEnded(ack.conversation);
  }

  joiningEnded(conversation: string): void {
    const held = this.#heldBack.get(conversation) ?? [];
    this.#heldBack.delete(conversation);
    for (const presence of held) this.#signal(presence);
  }

  left(conversation: string): void {
    this.#heldBack.delete(conversation);
    this.#roomSizes.left(conversation);
  }

  /** It is this entry's turn. */
  deliver(entry: Entry): void {
    const { events, receipts, me } = this.#ports;
    const isOfOthers = entry.type === "message" && entry.sender.id !== me();
    if (isOfOthers && this.#tellsDelivery(entry.conversation)) {
      receipts.note(entry.conversation, "delivered", entry.seq);
    }
    switch (entry.type) {
      case "message":
        events.emit("message", entry);
        break;
      case "edit":
        events.emit("edit", entry);
        break;
      case "deletion":
        events.emit("deletion", entry);
        break;
    }
  }

  /** Such a frame is the same for everybody: what it says of ourselves we know. */
  #signals({
    conversation,
    signals = [],
    others,
  }: Pick<PushOf<"entries">, "conversation" | "signals" | "others">): void {
    const me = this.#ports.me();
    for (const signal of signals) {
      const isRename = signal.type === "presence" && signal.event === "rename";
      if (signal.user.id !== me || isRename) this.#signal(signal);
    }
    if (others !== undefined) this.#ports.events.emit("others", { conversation, ...others });
  }

  #signal(signal: Signal): void {
    const { events } = this.#ports;
    switch (signal.type) {
      case "presence": {
        const held = this.#heldBack.get(signal.conversation);
        if (held) return void held.push(signal);
        this.#roomSizes.changed(signal);
        events.emit("presence", signal);
        break;
      }
      case "typing":
        events.emit("typing", signal);
        break;
      case "receipt":
        events.emit("receipt", signal);
        break;
    }
  }

  #tellsDelivery(conversation: string): boolean {
    if (kindOf(conversation) === "direct") return true;
    const people = this.#roomSizes.of(conversation);
    return people !== undefined && people <= RECEIPTS.mostPeople;
  }

  #failed(frame: ErrorFrame): void {
    if (frame.code === "not_connected") this.#ports.notConnected(frame.message);
    else if (isTurnedOut(frame) && this.#ports.turnedOut(frame.message)) return;
    else if (!this.#ports.requests.answer(frame) && frame.requestId === undefined) {
      // with a requestId, it would be the second answer to a request that was repeated
      this.#ports.events.emit("problem", RequestError.fromFrame(frame));
    }
  }

  #unreadable({ message, requestId }: UnreadableFrame): void {
    const error = new RequestError("unreadable", message, false);
    const isAnswer = requestId !== undefined && this.#ports.requests.fail(requestId, error);
    if (!isAnswer) this.#ports.events.emit("problem", error);
  }

  #gatewayFailed({ message }: GatewayFrame): void {
    const code = message === "Forbidden" ? "unknown_action" : "unavailable";
    const error = new RequestError(code, `The API answered "${message}".`);
    if (!this.#ports.requests.failOnly(error)) this.#ports.events.emit("problem", error);
  }
}

/** A token that is refused on an open connection says nothing of the one that it was opened with. */
function isTurnedOut({ code, action }: ErrorFrame): boolean {
  return code === "unauthenticated" && action !== "refresh";
}
