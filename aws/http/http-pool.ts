// HTTP/1.1 over a bounded number of kept-alive sockets to one origin. Written for the post to a connection – a small request, an answer
// without a body – for which node:http costs three times the CPU (`npm run bench poster`), and undici nearly twice.
import net from "node:net";
import tls from "node:tls";
import type { Timing } from "../timing.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { HttpConnection, type RequestHead } from "./http-connection.ts";

export interface HttpPoolSettings {
  /** `https://host` or `http://host:port`; a path does not matter. */
  readonly origin: URL;
  readonly sockets: number;
  /** A socket that rested longer is not used again: the server may be closing it. */
  readonly idleMs: number;
  readonly timing: Timing;
  /** Certificates to trust instead of Node's own, as PEM. */
  readonly ca?: string;
}

interface Job {
  readonly head: RequestHead;
  readonly body: Uint8Array;
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
  cancelTimer: () => void;
  /** Where it is being answered; undefined: it waits for a socket. */
  connection: HttpConnection | undefined;
  sentAgain: boolean;
}

export class HttpPool {
  readonly #settings: HttpPoolSettings;
  /** What each connection is doing; undefined: nothing. */
  readonly #jobs = new Map<HttpConnection, Job | undefined>();
  /** The one used last at the end: the others get old, and go. */
  readonly #idle: { readonly connection: HttpConnection; readonly since: number }[] = [];
  readonly #waiting: Job[] = [];
  #session: Buffer | undefined;
  #closed = false;

  constructor(settings: HttpPoolSettings) {
    this.#settings = settings;
  }

  /** Open sockets, whether at work or idle. */
  get size(): number {
    return this.#jobs.size;
  }

  /** Rejects when there is no answer; any answer, whatever its status, is one. */
  request(head: RequestHead, body: Uint8Array, timeoutMs: number): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new Error("The connection pool is closed."));
        return;
      }
      const job: Job = { head, body, resolve, reject, cancelTimer: () => {}, connection: undefined, sentAgain: false };
      job.cancelTimer = this.#settings.timing.setTimer(timeoutMs, () => this.#timeOut(job, timeoutMs));
      this.#start(job);
    });
  }

  /** Ends what is under way. */
  close(): void {
    this.#closed = true;
    const closed = new Error("the pool was closed");
    for (const job of this.#waiting.splice(0)) this.#fail(job, closed);
    for (const connection of [...this.#jobs.keys()]) connection.close(closed);
  }

  #start(job: Job): void {
    const connection = this.#takeIdle() ?? this.#connect();
    if (connection) this.#send(job, connection);
    else this.#waiting.push(job);
  }

  #send(job: Job, connection: HttpConnection): void {
    this.#jobs.set(connection, job);
    job.connection = connection;
    connection.send(job.head, job.body);
  }

  #takeIdle(): HttpConnection | undefined {
    const oldest = this.#settings.timing.elapsed() - this.#settings.idleMs;
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.since >= oldest) return idle.connection;
      idle.connection.close(new Error("it rested too long"));
    }
    return undefined;
  }

  #connect(): HttpConnection | undefined {
    if (this.#jobs.size >= this.#settings.sockets || this.#closed) return undefined;
    const connection = new HttpConnection(this.#openSocket(), {
      answered: (answer) => this.#answered(connection, answer),
      closed: (cause) => this.#connectionClosed(connection, cause),
    });
    this.#jobs.set(connection, undefined);
    return connection;
  }

  #openSocket(): net.Socket {
    const { origin, ca } = this.#settings;
    // a URL writes an IPv6 address in brackets
    const host = origin.hostname.replace(/^\[|\]$/g, "");
    if (origin.protocol === "http:") return net.connect({ host, port: Number(origin.port || 80) });
    const socket = tls.connect({
      host,
      port: Number(origin.port || 443),
      ALPNProtocols: ["http/1.1"],
      ...(net.isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca }),
      // resuming saves most of the CPU of the further handshakes
      ...(this.#session && { session: this.#session }),
    });
    return socket.on("session", (session) => {
      this.#session = session;
    });
  }

  #answered(connection: HttpConnection, answer: HttpAnswer): void {
    const job = this.#jobs.get(connection);
    this.#jobs.set(connection, undefined);
    job?.cancelTimer();
    job?.resolve(answer);
    if (!answer.keepAlive) {
      connection.close(new Error("it was not to be used again"));
      return;
    }
    const next = this.#waiting.shift();
    if (next) {
      this.#send(next, connection);
      return;
    }
    connection.rest();
    this.#idle.push({ connection, since: this.#settings.timing.elapsed() });
  }

  #connectionClosed(connection: HttpConnection, cause: Error): void {
    const job = this.#jobs.get(connection);
    this.#jobs.delete(connection);
    const at = this.#idle.findIndex((idle) => idle.connection === connection);
    if (at >= 0) this.#idle.splice(at, 1);
    if (job) this.#lost(job, connection, cause);
    const next = this.#waiting.shift();
    if (next) this.#start(next);
  }

  /** Another idle socket may be as stale: what is sent again gets a new one, for which this one has just made room. */
  #lost(job: Job, connection: HttpConnection, cause: Error): void {
    const fresh = connection.wasStale && !job.sentAgain ? this.#connect() : undefined;
    if (fresh) {
      job.sentAgain = true;
      this.#send(job, fresh);
    } else this.#fail(job, cause);
  }

  #timeOut(job: Job, timeoutMs: number): void {
    const cause = new Error(`no answer within ${timeoutMs} ms`);
    this.#fail(job, cause);
    if (job.connection) {
      this.#jobs.set(job.connection, undefined);
      // what may still come on it is not the next request's answer
      job.connection.close(cause);
    } else this.#waiting.splice(this.#waiting.indexOf(job), 1);
  }

  #fail(job: Job, cause: Error): void {
    job.cancelTimer();
    job.reject(new Error(`${this.#settings.origin.origin}: ${textOf(cause)}`, { cause }));
  }
}

/** Of several addresses none of which could be reached, Node makes an error without a message. */
function textOf(error: Error & { readonly code?: string }): string {
  return error.message || (error.code ?? error.name);
}
