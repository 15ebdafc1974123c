// One message to 200 connections: from its sending to its arrival at the last of them.
import { once } from "node:events";
import type { WebSocket } from "ws";
import type { MeasuredProcess } from "../measured-process.ts";
import { quantile } from "../print-table.ts";
import { openSockets } from "./load.ts";

export const AUDIENCE = 200;
const ROUNDS = 60;
const WARM_UP = 15;
/** A broadcast that failed reaches nobody. */
const PATIENCE_MS = 10_000;

export interface LastArrival {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** `action` is the route; its function gets the ids of all connections with the message. */
export async function measureBroadcast(server: MeasuredProcess, action: string): Promise<LastArrival> {
  const sockets = await openSockets(server.url, AUDIENCE);
  const ids = await Promise.all(sockets.map(connectionId));
  const frame = JSON.stringify({ action, ids });
  const times: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const startedAt = performance.now();
    const arrived = all(sockets, frame);
    sockets[0]?.send(frame);
    await arrived;
    if (round >= WARM_UP) times.push(performance.now() - startedAt);
  }
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map((socket) => once(socket, "close")));
  times.sort((a, b) => a - b);
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

/** One frame at each of the sockets. */
function all(sockets: readonly WebSocket[], sent: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = sockets.length;
    const timer = setTimeout(
      () => reject(new Error(`${left} sockets got nothing of ${sent.slice(0, 40)}…`)),
      PATIENCE_MS,
    );
    const received = (): void => {
      if (--left > 0) return;
      clearTimeout(timer);
      resolve();
    };
    for (const socket of sockets) socket.once("message", received);
  });
}

/** Of a server that has none, what it echoes. */
async function connectionId(socket: WebSocket): Promise<string> {
  socket.send('{"action":"id"}');
  const [data] = await once(socket, "message");
  return String(data);
}
