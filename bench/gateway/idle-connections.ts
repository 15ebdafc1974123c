// Connections that do nothing: how fast they are taken, and what memory each keeps. On bare sockets, so that the client's own cost is small.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { MeasuredProcess } from "../measured-process.ts";

export const IDLE = 10_000;
/** Handshakes under way at once. */
const AT_ONCE = 100;

export interface IdleResult {
  readonly perSecond: number;
  readonly bytesEach: number;
}

export async function measureIdle(server: MeasuredProcess): Promise<IdleResult> {
  const { port, pathname } = new URL(server.url);
  const before = server.residentMiB() ?? Number.NaN;
  const startedAt = performance.now();
  const sockets: Socket[] = [];
  const openSome = async (): Promise<void> => {
    while (sockets.length < IDLE) {
      const socket = connect(Number(port), "127.0.0.1");
      sockets.push(socket);
      await handshake(socket, pathname);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, openSome));
  const seconds = (performance.now() - startedAt) / 1000;
  const bytesEach = (((server.residentMiB() ?? Number.NaN) - before) * 2 ** 20) / IDLE;
  const closed = Promise.all(sockets.map((socket) => once(socket, "close")));
  for (const socket of sockets) socket.destroy();
  await closed;
  return { perSecond: IDLE / seconds, bytesEach };
}

async function handshake(socket: Socket, pathname: string): Promise<void> {
  const head = `GET ${pathname} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
  socket.write(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
  const [data] = await once(socket, "data");
  if (!String(data).startsWith("HTTP/1.1 101")) throw new Error(`a handshake was answered with ${String(data)}`);
}
