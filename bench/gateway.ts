// The local gateway against a bare `ws` server in the same run: start, echo through a two-way route, PostToConnection through the SDK.
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { WebSocket } from "ws";
import { root } from "#scripts/root.ts";
import { writeEchoStack } from "./echo-stack.ts";
import { type LoadResult, runLoad } from "./load.ts";
import { type MeasuredProcess, startProcess } from "./measured-process.ts";
import { figure, percent, printTable, quantile } from "./print-table.ts";

const BARE = ["--import", "tsx", "bench/bare-server.ts"];
// the account's quota of 10,000 requests a second is below what is measured
const LOCAL = ["scripts/run-local.mjs", "--quiet", "--no-account-limits", "--port", "0"];
const ECHO = '{"action":"echo","text":"hello"}';
const POST = '{"action":"post","text":"hello"}';

export async function benchGateway(): Promise<void> {
  await benchStart();
  const stack = await writeEchoStack();
  try {
    await benchMessages(stack.file);
  } finally {
    await stack.remove();
  }
}

/** From the spawn of the process to the first socket that is open; for the stack of dev that includes a `$connect` Lambda and its table. */
async function benchStart(): Promise<void> {
  const dev = path.join(root, "cdktf.out", "stacks", "websocket-api-dev", "cdk.tf.json");
  if (!existsSync(dev)) throw new Error("Build the stack of dev first: npm run build && npm run synth");
  const bare: number[] = [];
  const local: number[] = [];
  for (let run = 0; run < 5; run++) {
    bare.push(await timeToFirstSocket(BARE));
    local.push(await timeToFirstSocket([...LOCAL, "--terraform", dev]));
  }
  const rows = [
    ["bare ws", bare],
    ["npm run local, stack of dev", local],
  ] as const;
  const floor = median(bare);
  printTable(
    "Start of the process to the first open socket, on a built tree (5 runs)",
    ["", "median ms", "max ms", "× bare"],
    rows.map(([name, times]) => [
      name,
      figure(median(times)),
      figure(Math.max(...times)),
      figure(median(times) / floor, 1),
    ]),
  );
}

async function timeToFirstSocket(args: readonly string[]): Promise<number> {
  const server = await startProcess(args);
  const socket = new WebSocket(server.url);
  await once(socket, "open");
  const elapsed = performance.now() - server.startedAt;
  socket.close();
  await once(socket, "close");
  await server.stop();
  return elapsed;
}

async function benchMessages(terraform: string): Promise<void> {
  const bare = await startProcess(BARE);
  const local = await startProcess([...LOCAL, "--terraform", terraform]);
  try {
    const idle = local.residentMiB();
    const rows: string[][] = [];
    const measure = async (
      name: string,
      server: MeasuredProcess,
      load: Parameters<typeof runLoad>[1],
      floor?: LoadResult,
    ) => {
      const result = await runLoad(server, load);
      rows.push([
        name,
        figure(result.perSecond),
        percent(result.perSecond, (floor ?? result).perSecond),
        figure(result.p50Ms, 3),
        figure(result.p99Ms, 2),
        figure(result.cpuMs, 3),
      ]);
      return result;
    };
    const one = { clients: 1, messages: 3_000, frame: ECHO };
    const fifty = { clients: 50, messages: 30_000, frame: ECHO };
    const floorOfOne = await measure("bare ws, 1 client", bare, one);
    await measure("echo, 1 client", local, one, floorOfOne);
    const floorOfFifty = await measure("bare ws, 50 clients", bare, { ...fifty, messages: 100_000 });
    await measure("echo, 50 clients", local, fifty, floorOfFifty);
    await measure("PostToConnection, 50 clients", local, { ...fifty, messages: 10_000, frame: POST }, floorOfFifty);
    printTable(
      "Messages: two-way route and PostToConnection through the AWS SDK, isolated Lambdas",
      ["", "msg/s", "of bare ws", "p50 ms", "p99 ms", "server CPU ms/msg"],
      rows,
    );
    printTable(
      "Memory of the gateway with its Lambdas, MiB",
      ["", "idle", "after"],
      [["resident", figure(idle), figure(local.residentMiB())]],
    );
  } finally {
    await Promise.all([bare.stop(), local.stop()]);
  }
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
