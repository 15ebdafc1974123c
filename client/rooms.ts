// Which rooms we are in, or on our way into: what an app asks for may be overtaken by what it asks next, and a fresh connection is in none.
import { roomConversation } from "#protocol/conversations.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Ack } from "#protocol/messages.ts";
import { begin, type Earlier } from "./begin.ts";
import type { Conversations } from "./conversations.ts";
import type { Inbound } from "./inbound.ts";
import type { Receipts } from "./receipts.ts";
import { isFinal, RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";

export interface RoomsPorts {
  readonly requests: Pick<Requests, "ask" | "askHere">;
  readonly conversations: Pick<Conversations, "expect" | "start" | "forget">;
  readonly inbound: Pick<Inbound, "joining" | "joined" | "joiningEnded" | "left">;
  readonly receipts: Pick<Receipts, "forget">;
  problem(error: RequestError): void;
}

/** From the first time a room is asked for until it is left, or will not have us. Who comes back begins another. */
interface Stay {
  readonly room: string;
  readonly conversation: string;
  /** Requests to be let in that are not answered yet. */
  asking: number;
  hasBegun: boolean;
}

export class Rooms {
  readonly #ports: RoomsPorts;
  /** By conversation. */
  readonly #stays = new Map<string, Stay>();

  constructor(ports: RoomsPorts) {
    this.#ports = ports;
  }

  async join(name: string, history: number): Promise<Ack<"joinRoom"> & Earlier> {
    const { requests, inbound } = this.#ports;
    checkHistory(history);
    const stay = this.#stay(name.trim());
    inbound.joining(stay.conversation);
    stay.asking += 1;
    try {
      const ack = await requests.ask({ action: "joinRoom", room: stay.room });
      stay.asking -= 1;
      return { ...ack, ...(await this.#entered(stay, ack, history)) };
    } catch (error) {
      stay.asking -= 1;
      this.#notEntered(stay);
      throw error;
    }
  }

  leave(name: string): Promise<Ack<"leaveRoom">> {
    const room = name.trim();
    this.#end(roomConversation(room));
    return this.#ports.requests.ask({ action: "leaveRoom", room });
  }

  /** On a fresh connection. Rejects when it may work later; a room that refuses us for good is given up and reported. */
  async restore(): Promise<void> {
    const restored = new Set<Stay>();
    for (;;) {
      // those entered meanwhile, too: while we move, the connection before still answers
      const due = [...this.#stays.values()].filter((stay) => stay.hasBegun && !restored.has(stay));
      if (due.length === 0) return;
      for (const stay of due) restored.add(stay);
      await Promise.all(due.map((stay) => this.#restore(stay)));
    }
  }

  async #restore(stay: Stay): Promise<void> {
    const { requests, inbound, problem } = this.#ports;
    inbound.joining(stay.conversation);
    try {
      const ack = await requests.askHere({ action: "joinRoom", room: stay.room });
      if (this.#isPresent(stay)) inbound.joined(stay.room, ack);
    } catch (error) {
      if (!isFinal(error)) throw error;
      problem(error);
      if (this.#isPresent(stay)) this.#end(stay.conversation);
    }
  }

  /** The stay in this room, or the beginning of one. */
  #stay(room: string): Stay {
    const conversation = roomConversation(room);
    const present = this.#stays.get(conversation);
    if (present !== undefined) return present;
    const stay = { room, conversation, asking: 0, hasBegun: false };
    this.#stays.set(conversation, stay);
    this.#ports.conversations.expect(conversation);
    return stay;
  }

  async #entered(stay: Stay, ack: Ack<"joinRoom">, history: number): Promise<Earlier> {
    // left meanwhile: the answer comes too late to change that
    if (!this.#isPresent(stay)) return { earlier: ack.seq > 0 };
    const isFirst = !stay.hasBegun;
    stay.hasBegun = true;
    this.#ports.inbound.joined(stay.room, ack);
    if (!isFirst) return { earlier: false };
    const { conversation } = stay;
    return begin(this.#ports, { conversation, seq: ack.seq, history, isWanted: () => this.#isPresent(stay) });
  }

  #notEntered(stay: Stay): void {
    if (!this.#isPresent(stay) || stay.asking > 0) return;
    this.#ports.inbound.joiningEnded(stay.conversation);
    if (!stay.hasBegun) this.#end(stay.conversation);
  }

  #isPresent(stay: Stay): boolean {
    return this.#stays.get(stay.conversation) === stay;
  }

  #end(conversation: string): void {
    const { conversations, inbound, receipts } = this.#ports;
    this.#stays.delete(conversation);
    conversations.forget(conversation);
    receipts.forget(conversation);
    inbound.left(conversation);
  }
}

/** Before anything is sent: the room would be joined already when the server refuses the page. */
function checkHistory(history: number): void {
  const { most } = LIMITS.pageOfMessages;
  if (Number.isInteger(history) && history >= 0 && history <= most) return;
  throw new RequestError("invalid_request", `"history" is ${history}; it must be a whole number from 0 to ${most}.`);
}
