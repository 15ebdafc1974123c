// Whether a deployed stage works, from outside: connect, ask for a ping, be answered, go.
import { WebSocket } from "ws";

export interface SmokeResult {
  readonly connectMs: number;
  readonly pingMs: number;
}

export interface SmokeOptions {
  readonly patienceMs?: number;
  readonly token?: string | undefined;
  /** Aborted: nobody waits for the result any more. */
  readonly signal?: AbortSignal;
}

/** Long enough for a cold start of both functions. */
const PATIENCE_MS = 15_000;
const REQUEST_ID = "smoke-test";

/** Throws with what was missing. A stage that asks for tokens is shown that of SMOKE_TOKEN. */
export async function smokeTest(
  url: string,
  { patienceMs = PATIENCE_MS, token = process.env.SMOKE_TOKEN, signal }: SmokeOptions = {},
): Promise<SmokeResult> {
  const begin = performance.now();
  const address = new URL(url);
  address.searchParams.set("userId", "smoke-test");
  const protocols = token ? ["bearer", token] : [];
  const socket = new WebSocket(address, protocols, { handshakeTimeout: patienceMs });
  const giveUp = () => socket.terminate();
  signal?.addEventListener("abort", giveUp);
  try {
    await opened(socket);
    const connected = performance.now();
    await answered(socket, patienceMs);
    const done = performance.now();
    return { connectMs: Math.round(connected - begin), pingMs: Math.round(done - connected) };
  } finally {
    await closed(socket);
    signal?.removeEventListener("abort", giveUp);
  }
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", (error) =>
      reject(new Error(`no connection: ${error.message || String(error)}${advice(error)}`)),
    );
  });
}

function advice({ message }: Error): string {
  return message.includes("403") ? " (a stage that asks for tokens wants a good one: put it into SMOKE_TOKEN)" : "";
}

/** An error is an answer too, but not that of a stage that works. */
function answered(socket: WebSocket, patienceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
    const settle = (error?: Error) => {
      clearTimeout(late);
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.on("message", (data) => {
      const frame = parsed(String(data));
      if (frame.requestId !== REQUEST_ID) return;
      settle(frame.type === "ack" ? undefined : new Error(`a ping was answered with ${String(data)}`));
    });
    socket.once("close", (code) => settle(new Error(`the connection was closed with ${code} before the answer`)));
    socket.send(JSON.stringify({ action: "ping", requestId: REQUEST_ID }));
  });
}

function parsed(text: string): { readonly type?: unknown; readonly requestId?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

async function closed(socket: WebSocket): Promise<void> {
  socket.on("error", () => {});
  if (socket.readyState === WebSocket.CLOSED) return;
  const gone = new Promise((resolve) => socket.once("close", resolve));
  if (socket.readyState === WebSocket.OPEN) socket.close(1000);
  else socket.terminate();
  await gone;
}
