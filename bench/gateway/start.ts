// From the spawn of the process to the first socket that is open; for the stack of dev that includes a `$connect` Lambda and its table.
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { WebSocket } from "ws";
import { root } from "#scripts/root.ts";
import type { MeasuredProcess } from "../measured-process.ts";
import { quantile } from "../print-table.ts";
import { startBare, startGateway } from "./servers.ts";

const RUNS = 7;

export interface Starts {
  readonly bareMs: number;
  readonly gatewayMs: number;
  readonly slowestMs: number;
}

export async function measureStarts(): Promise<Starts> {
  const dev = path.join(root, "cdktf.out", "stacks", "websocket-api-dev", "cdk.tf.json");
  if (!existsSync(dev)) throw new Error("Build the stack of dev first: npm run build && npm run synth");
  const bare: number[] = [];
  const gateway: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    bare.push(await timeToFirstSocket(startBare));
    gateway.push(await timeToFirstSocket(() => startGateway(dev)));
  }
  return { bareMs: median(bare), gatewayMs: median(gateway), slowestMs: Math.max(...gateway) };
}

async function timeToFirstSocket(start: () => Promise<MeasuredProcess>): Promise<number> {
  const server = await start();
  const socket = new WebSocket(server.url);
  await once(socket, "open");
  const elapsed = performance.now() - server.startedAt;
  socket.close();
  await once(socket, "close");
  await server.stop();
  return elapsed;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return quantile(sorted, 0.5);
}
