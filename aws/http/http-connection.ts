// One socket that carries one request at a time.
import type { Socket } from "node:net";
import { AnswerReader } from "./answer-reader.ts";
import type { HttpAnswer } from "./http-answer.ts";

/** With the empty line at its end. In pieces, of which many requests may share one: it is neither copied nor kept for each. */
export type RequestHead = string | readonly (string | Uint8Array)[];

export interface ConnectionEvents {
  answered(answer: HttpAnswer): void;
  /** Once, and the last that is heard of it. */
  closed(cause: Error): void;
}

export class HttpConnection {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #reader = new AnswerReader();
  #requests = 0;
  #waiting = false;
  #heard = false;
  #closed = false;

  constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.setNoDelay(true);
    socket.on("data", (piece) => this.#read(piece));
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => this.close(error));
    socket.on("close", () => this.close(new Error("the connection was closed")));
  }

  send(head: RequestHead, body: Uint8Array): void {
    this.#requests++;
    this.#waiting = true;
    this.#heard = false;
    this.#socket.ref();
    this.#socket.cork();
    for (const piece of typeof head === "string" ? [head] : head) {
      if (typeof piece === "string") this.#socket.write(piece, "latin1");
      else this.#socket.write(piece);
    }
    this.#socket.write(body);
    this.#socket.uncork();
  }

  /** An idle connection keeps no process alive. */
  rest(): void {
    this.#socket.unref();
  }

  /**
   * It had served before, and closed on this request without a byte: the server gave up an idle connection while the request was on its
   * way. Such a request is sent again.
   */
  get wasStale(): boolean {
    return this.#requests > 1 && !this.#heard;
  }

  close(cause: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.#events.closed(cause);
  }

  #read(piece: Buffer): void {
    if (this.#closed) return;
    if (!this.#waiting) {
      this.close(new Error("the server spoke without being asked"));
      return;
    }
    this.#heard = true;
    try {
      const answer = this.#reader.push(piece);
      if (answer) this.#answered(answer);
    } catch (error) {
      this.close(error as Error);
    }
  }

  #ended(): void {
    const answer = this.#waiting ? this.#reader.end() : undefined;
    if (answer) this.#answered(answer);
    this.close(new Error("the server closed the connection"));
  }

  /** An answer that came before the request had gone out leaves the connection in the middle of a request. */
  #answered(answer: HttpAnswer): void {
    this.#waiting = false;
    const reusable = answer.keepAlive && this.#socket.writableLength === 0;
    this.#events.answered(reusable ? answer : { ...answer, keepAlive: false });
  }
}
