// dynalite without its network: one call is one DynamoDB request, answered in this process. Everything else in this folder,
// the HTTP front included, reaches the data through it.
import { EventEmitter, once } from "node:events";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import { type DynaliteStore, withItsStore } from "./dynalite-parts.ts";
import { useIndexKeyChecks } from "./index-key-checks.ts";
import { useRememberingParsers } from "./remembering-parsers.ts";

export type Json = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface Store {
  /** A request as the wire has it. */
  send(request: WireRequest): Promise<Reply>;
  /** One action of the API; rejects with a StoreError when DynamoDB refuses. */
  call(action: string, input: Json): Promise<Json>;
  /** After the last request is answered: dynalite ends the process when it is used after its end. */
  close(): Promise<void>;
}

/** dynalite in this process. */
export interface EmbeddedStore extends Store {
  readonly dynalite: DynaliteStore;
}

/** A refusal by DynamoDB, with its exception's name. */
export class StoreError extends Error {
  override readonly name: string;
  /** In DynamoDB's words. */
  readonly reason: string;

  constructor(action: string, type: string, reason: string) {
    super(`${action}: ${type}: ${reason}`);
    this.name = type;
    this.reason = reason;
  }
}

/** dynalite looks for a signature, and does not verify it. */
const ownSignature = {
  authorization: "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local",
  "x-amz-date": "20260101T000000Z",
};
const ownHeaders = { "content-type": "application/x-amz-json-1.0", ...ownSignature };

/** For dynalite, when it is known who asks and that they may – or when nobody is asked for. */
export function withSignature(request: WireRequest): WireRequest {
  return { ...request, url: "/", headers: { ...request.headers, ...ownSignature } };
}

const load = createRequire(import.meta.url);

/** `path`: LevelDB's directory; without it the data is in memory. */
export function openStore(options: {
  readonly path?: string;
  readonly region: string;
  readonly accountId: string;
}): EmbeddedStore {
  // Only now: it takes a while, in which the functions' workers can start.
  const dynalite: typeof import("dynalite") = load("dynalite");
  useIndexKeyChecks();
  const where = options.path === undefined ? {} : { path: options.path };
  const { server, dynalite: itsStore } = withItsStore(() =>
    withOwner(options, () => dynalite({ ...where, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })),
  );
  const [handle] = server.listeners("request");
  if (!handle)
    throw new Error("dynalite's server has no request listener; its version is not the one this file is written for.");
  server.removeAllListeners("request");

  const send: Store["send"] = ({ body, ...head }) =>
    new Promise((resolve) => {
      // Not before an expression comes: a start would pay for it.
      if (body.includes('Expression"')) useRememberingParsers();
      const request = Object.assign(new EventEmitter(), head);
      handle.call(server, request, new ReplyRecorder(resolve));
      request.emit("data", body);
      request.emit("end");
    });

  return { send, call: caller(send), close: () => closeServer(server), dynalite: itsStore };
}

/** Actions in this program's name, over a way to send requests. */
export function caller(send: Store["send"]): Store["call"] {
  return async (action, input) => {
    const headers = { ...ownHeaders, "x-amz-target": `DynamoDB_20120810.${action}` };
    const reply = await send({ method: "POST", url: "/", headers, body: Buffer.from(JSON.stringify(input)) });
    const output = JSON.parse(reply.body);
    if (reply.status === 200) return output;
    throw new StoreError(action, String(output.__type).split("#").at(-1) ?? "", output.message ?? output.Message ?? "");
  };
}

/** dynalite closes its database with its server, and only a server that listens can be closed. */
async function closeServer(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
}

/** The part of http.ServerResponse that dynalite uses. */
class ReplyRecorder {
  statusCode = 200;
  readonly #headers: Record<string, string> = {};
  readonly #resolve: (reply: Reply) => void;

  constructor(resolve: (reply: Reply) => void) {
    this.#resolve = resolve;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name] = String(value);
  }

  end(body = ""): void {
    this.#resolve({ status: this.statusCode, headers: this.#headers, body });
  }
}

/** dynalite takes the region and account of its ARNs from the environment, once, when it is made; there is no option for it. */
function withOwner<T>(owner: { readonly region: string; readonly accountId: string }, make: () => T): T {
  const before = { AWS_REGION: process.env.AWS_REGION, AWS_ACCOUNT_ID: process.env.AWS_ACCOUNT_ID };
  Object.assign(process.env, { AWS_REGION: owner.region, AWS_ACCOUNT_ID: owner.accountId });
  try {
    return make();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
