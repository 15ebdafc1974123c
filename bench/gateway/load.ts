// Closed-loop load: every client has one message in flight. Bounded by a number of messages, so it ends by itself.
import { once } from "node:events";
import { WebSocket } from "ws";
import type { MeasuredProcess } from "../measured-process.ts";
import { quantile } from "../print-table.ts";

export interface Load {
  readonly clients: number;
  readonly messages: number;
  /** Sent by a client; the next one goes when a frame has come back. */
  readonly frame: string;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server, per message. */
  readonly cpuMs: number | undefined;
  /** Of its main thread, per message. */
  readonly mainThreadMs: number | undefined;
}

export async function openSockets(url: string, count: number): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  // a few at a time, well below the 500 new connections a second that API Gateway allows
  for (let at = 0; at < count; at += 10) {
    const some = Array.from({ length: Math.min(10, count - at) }, () => new WebSocket(url));
    await Promise.all(some.map((socket) => once(socket, "open")));
    sockets.push(...some);
  }
  return sockets;
}

export async function runLoad(server: MeasuredProcess, load: Load): Promise<LoadResult> {
  const sockets = await openSockets(server.url, load.clients);
  // the SDK's code is compiled for good only after some thousand calls
  await exchange(sockets, load);
  const [cpuBefore, mainBefore] = [server.cpuMs(), server.mainThreadCpuMs()];
  const startedAt = performance.now();
  const latencies = await exchange(sockets, load);
  const seconds = (performance.now() - startedAt) / 1000;
  const [cpuAfter, mainAfter] = [server.cpuMs(), server.mainThreadCpuMs()];
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map((socket) => once(socket, "close")));
  latencies.sort((a, b) => a - b);
  return {
    perSecond: latencies.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMs: each(cpuBefore, cpuAfter, latencies.length),
    mainThreadMs: each(mainBefore, mainAfter, latencies.length),
  };
}

function each(before: number | undefined, after: number | undefined, messages: number): number | undefined {
  return before === undefined || after === undefined ? undefined : (after - before) / messages;
}

async function exchange(sockets: readonly WebSocket[], { messages, frame }: Load): Promise<number[]> {
  const latencies: number[] = [];
  let left = messages;
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          let sentAt = 0;
          const send = () => {
            if (left-- <= 0) {
              socket.off("message", received);
              resolve();
              return;
            }
            sentAt = performance.now();
            socket.send(frame);
          };
          const received = () => {
            latencies.push(performance.now() - sentAt);
            send();
          };
          socket.on("message", received);
          send();
        }),
    ),
  );
  return latencies;
}
