// Builds a client for an app: the one place where its parts meet the real time and the real network.
import { Client } from "./client.ts";
import { systemTimers, type Timers } from "./timers.ts";
import { type TokenSource, Tokens } from "./tokens.ts";
import { builtInWebSocket, type WebSocketConstructor } from "./web-socket.ts";

export interface ConnectOptions {
  /** The stage's address, e.g. `wss://abc123.execute-api.eu-central-1.amazonaws.com/prod` or `ws://127.0.0.1:3001/dev`. */
  readonly url: string;
  /** Who this is, where the API has no authorizer that says so. */
  readonly userId?: string;
  readonly name?: string;
  /** Who this is, where the API asks for tokens. It is shown as a protocol of the handshake, and stays out of addresses and logs. */
  readonly token?: TokenSource;
  readonly webSocket?: WebSocketConstructor;
  readonly timers?: Timers;
  readonly random?: () => number;
}

/** Starts connecting and returns at once: what is asked meanwhile waits for the connection. */
export function connect(options: ConnectOptions): Client {
  const client = new Client({
    url: addressOf(options),
    name: options.name,
    tokens: options.token === undefined ? undefined : new Tokens(options.token),
    webSocket: options.webSocket ?? builtInWebSocket(),
    timers: options.timers ?? systemTimers,
    random: options.random ?? Math.random,
    newId,
  });
  client.open();
  return client;
}

function addressOf({ url, userId }: ConnectOptions): string {
  let address: URL;
  try {
    address = new URL(url);
  } catch (cause) {
    throw new Error(`The WebSocket URL ${JSON.stringify(url)} is not a URL; it looks like wss://host/stage.`, {
      cause,
    });
  }
  if (address.protocol !== "ws:" && address.protocol !== "wss:") {
    throw new Error(`The WebSocket URL ${JSON.stringify(url)} must begin with ws:// or wss://.`);
  }
  address.searchParams.set("dialect", "native");
  if (userId !== undefined) address.searchParams.set("userId", userId);
  return address.href;
}

/** 128 random bits. Not `crypto.randomUUID`: browsers have that on https and localhost only. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
