// What was asked and is not answered yet. Answers are matched by requestId. A request outlives its connection: what had no
// answer when the connection was lost is sent again on the next one, which is safe because every action may be repeated
// (sendMessage carries an id, and the same id again is stored once).
import { roomConversation } from "#protocol/conversations.ts";
import type { Ack, Action, ErrorFrame, Request } from "#protocol/messages.ts";
import { RequestError } from "./request-error.ts";
import type { Cancel, Timers } from "./timers.ts";

export const REQUEST = {
  /** A Lambda behind API Gateway has 29 s to answer (aws facts §5.1). */
  timeoutMs: 30_000,
  /** A larger frame makes API Gateway close the connection with 1009 (aws facts §5.1). */
  frameBytes: 32 * 1024,
} as const;

export interface RequestPorts {
  readonly timers: Timers;
  /** False when nothing can be sent now. */
  send(text: string): boolean;
}

interface Pending {
  readonly text: string;
  readonly action: Action;
  readonly lane: Lane;
  /** Of the requests of one turn only the first is under way; undefined: the order makes no difference. */
  readonly turn: string | undefined;
  readonly cancelTimeout: Cancel;
  readonly resolve: (ack: Ack) => void;
  readonly reject: (error: RequestError) => void;
}

/** `any`: waits for a connection and survives its loss. `this`: belongs to the present connection and fails with it. */
type Lane = "any connection" | "this connection";

export type RequestFor<A extends Action> = Extract<Request, { readonly action: A }>;

export class Requests {
  readonly #ports: RequestPorts;
  readonly #pending = new Map<string, Pending>();
  #flowing = false;
  #abandoned = false;
  #count = 0;

  constructor(ports: RequestPorts) {
    this.#ports = ports;
  }

  /** Sent now or as soon as there is a connection; rejects with a `RequestError`. */
  ask<A extends Action>(request: RequestFor<A>): Promise<Ack<A>> {
    return this.#ask(request, "any connection");
  }

  /** For setting up and catching up a connection: goes before all else, and is not repeated on the next one. */
  askHere<A extends Action>(request: RequestFor<A>): Promise<Ack<A>> {
    return this.#ask(request, "this connection");
  }

  /** There will be a connection: requests may wait for it. */
  hope(): void {
    this.#abandoned = false;
  }

  /** The connection is set up: everything that waits for nothing else goes out, oldest first. */
  flow(): void {
    this.#flowing = true;
    for (const pending of this.#pending.values()) {
      if (pending.lane === "any connection" && this.#isItsTurn(pending)) this.#ports.send(pending.text);
    }
  }

  /** The connection is lost. */
  halt(why: string): void {
    this.#flowing = false;
    for (const [requestId, { lane }] of this.#pending) {
      if (lane === "this connection") this.#settle(requestId)?.reject(new RequestError("closed", why));
    }
  }

  /** The connection is closed until further notice: nothing waits any longer. */
  abandon(why: string): void {
    this.#flowing = false;
    this.#abandoned = true;
    for (const requestId of [...this.#pending.keys()]) {
      this.#settle(requestId)?.reject(new RequestError("closed", why));
    }
  }

  /** False when the frame answers nothing that is still waited for. */
  answer(frame: Ack | ErrorFrame): boolean {
    const pending = frame.requestId === undefined ? undefined : this.#settle(frame.requestId);
    if (pending === undefined) return false;
    if (frame.type === "error") pending.reject(RequestError.fromFrame(frame));
    else if (frame.action === pending.action) pending.resolve(frame);
    else pending.reject(otherAnswer(pending.action));
    return true;
  }

  /** False when nobody waits for that answer. */
  fail(requestId: string, error: RequestError): boolean {
    const pending = this.#settle(requestId);
    pending?.reject(error);
    return pending !== undefined;
  }

  /** An error that names no request can only be the answer to the one that waits – when there is just one. */
  failOnly(error: RequestError): boolean {
    const [requestId, ...others] = this.#pending.keys();
    if (requestId === undefined || others.length > 0) return false;
    this.#settle(requestId)?.reject(error);
    return true;
  }

  #ask<A extends Action>(request: RequestFor<A>, lane: Lane): Promise<Ack<A>> {
    this.#count += 1;
    const requestId = `r${this.#count}`;
    const text = JSON.stringify({ ...request, requestId });
    return new Promise((resolve, reject) => {
      const refusal = this.#abandoned
        ? new RequestError("closed", "The connection is closed: open it first.")
        : frameTooLarge(text);
      if (refusal !== undefined) return reject(refusal);
      const expired = () => this.#settle(requestId)?.reject(noAnswer(request.action));
      const pending: Pending = {
        text,
        action: request.action,
        lane,
        turn: lane === "any connection" ? turnOf(request) : undefined,
        cancelTimeout: this.#ports.timers.after(REQUEST.timeoutMs, expired),
        resolve: (ack) => resolve(ack as unknown as Ack<A>),
        reject,
      };
      this.#pending.set(requestId, pending);
      if (lane === "any connection" && !(this.#flowing && this.#isItsTurn(pending))) return;
      const sent = this.#ports.send(text);
      if (!sent && lane === "this connection") {
        this.#settle(requestId)?.reject(new RequestError("closed", "There is no connection."));
      }
    });
  }

  #settle(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    pending?.cancelTimeout();
    const next = pending?.turn === undefined ? undefined : this.#firstOf(pending.turn);
    if (next !== undefined && this.#flowing) this.#ports.send(next.text);
    return pending;
  }

  #isItsTurn(pending: Pending): boolean {
    return pending.turn === undefined || this.#firstOf(pending.turn) === pending;
  }

  #firstOf(turn: string): Pending | undefined {
    for (const pending of this.#pending.values()) if (pending.turn === turn) return pending;
    return undefined;
  }
}

/**
 * Functions run side by side: of a join and a leave, of two messages or of two edits that are both under way either may come last. So each
 * waits for the answer to the one before it, of the same room or to the same people.
 */
function turnOf(request: Request): string | undefined {
  switch (request.action) {
    case "joinRoom":
    case "leaveRoom":
      return roomConversation(request.room.trim());
    case "sendMessage":
      return "room" in request.to ? roomConversation(request.to.room.trim()) : JSON.stringify(request.to);
    case "editMessage":
    case "deleteMessage":
      return request.conversation;
    default:
      return undefined;
  }
}

function frameTooLarge(text: string): RequestError | undefined {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= REQUEST.frameBytes) return undefined;
  return new RequestError(
    "message_too_large",
    `The request is ${bytes} bytes as JSON; one frame carries at most ${REQUEST.frameBytes}.`,
  );
}

function otherAnswer(action: Action): RequestError {
  return new RequestError("unreadable", `The answer to "${action}" is one to something else.`, false);
}

function noAnswer(action: Action): RequestError {
  return new RequestError("timeout", `No answer to "${action}" within ${REQUEST.timeoutMs / 1000} s.`);
}
