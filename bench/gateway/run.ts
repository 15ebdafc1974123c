// `npm run bench gateway`: the local gateway as `npm run local` starts it, beside a bare `ws` server in the same run, against the targets.
import { buildLocal } from "#scripts/build-local.ts";
import { root } from "#scripts/root.ts";
import type { MeasuredProcess } from "../measured-process.ts";
import { figure, printTable } from "../print-table.ts";
import { atLeast, atMost, type Row, toCells } from "../target-row.ts";
import { AUDIENCE, type LastArrival, measureBroadcast } from "./broadcast.ts";
import { type EchoStack, writeEchoStack } from "./echo-stack.ts";
import { IDLE, type IdleResult, measureIdle } from "./idle-connections.ts";
import { runLoad } from "./load.ts";
import { measureSdkFloor } from "./sdk-floor.ts";
import { startBare, startGateway } from "./servers.ts";
import { measureStarts } from "./start.ts";

const ECHO = { messages: 30_000, frame: '{"action":"echo","text":"hello"}' };
const POST = { messages: 10_000, frame: '{"action":"post","text":"hello"}' };

export async function benchGateway(): Promise<void> {
  await buildLocal(root);
  const stack = await writeEchoStack();
  try {
    const rows = [...(await startRows()), ...(await loadRows(stack)), ...(await idleRows(stack))];
    printTable(
      "The local gateway with isolated Lambdas, beside a bare ws server in the same run",
      ["", "measured", "bare ws", "ratio", "target", "holds"],
      rows.map(toCells),
    );
  } finally {
    await stack.remove();
  }
}

async function startRows(): Promise<Row[]> {
  const { bareMs, gatewayMs, slowestMs } = await measureStarts();
  return [
    {
      name: "start to first open socket, stack of dev with DynamoDB",
      ...{ measured: gatewayMs, bare: bareMs, unit: "ms", digits: 0, target: atMost(250) },
    },
    { name: "  the slowest of the starts", ...{ measured: slowestMs, unit: "ms", digits: 0 } },
  ];
}

/** One process through everything, so that its memory afterwards is that of all of it. */
async function loadRows(stack: EchoStack): Promise<Row[]> {
  const bare = await startBare();
  const gateway = await startGateway(stack.file);
  try {
    const servers = { bare, gateway };
    const idle = residentOf(servers);
    const rows = [...(await echoRows(servers)), ...(await postRows(servers, stack)), ...(await broadcastRows(servers))];
    const memory = { unit: "MiB", digits: 0 };
    return [
      ...rows,
      { name: "memory, idle", ...memory, ...idle, target: atMost(120) },
      { name: "memory, after all of it", ...memory, ...residentOf(servers), target: atMost(200) },
    ];
  } finally {
    await Promise.all([bare.stop(), gateway.stop()]);
  }
}

interface Servers {
  readonly bare: MeasuredProcess;
  readonly gateway: MeasuredProcess;
}

function residentOf({ bare, gateway }: Servers): Pick<Row, "measured" | "bare"> {
  return { measured: gateway.residentMiB(), bare: bare.residentMiB() };
}

async function echoRows({ bare, gateway }: Servers): Promise<Row[]> {
  const one = { ...ECHO, clients: 1, messages: 3_000 };
  const [bareOne, gatewayOne] = [await runLoad(bare, one), await runLoad(gateway, one)];
  const fifty = { ...ECHO, clients: 50 };
  const [bareFifty, gatewayFifty] = [
    await runLoad(bare, { ...fifty, messages: 100_000 }),
    await runLoad(gateway, fifty),
  ];
  return [
    {
      name: "echo through a two-way route, 50 clients",
      ...{ measured: gatewayFifty.perSecond, bare: bareFifty.perSecond, unit: "msg/s", digits: 0 },
      target: atLeast(25, "share"),
    },
    {
      name: "echo p50, 1 client",
      ...{ measured: gatewayOne.p50Ms, bare: bareOne.p50Ms, unit: "ms", digits: 3, target: atMost(3, "ratio") },
    },
    {
      name: "  server CPU per echo, 50 clients",
      ...{ measured: gatewayFifty.cpuMs, bare: bareFifty.cpuMs, unit: "ms", digits: 3 },
    },
  ];
}

async function postRows({ gateway }: Servers, stack: EchoStack): Promise<Row[]> {
  const sdkMs = await measureSdkFloor(stack);
  const { cpuMs, mainThreadMs, perSecond } = await runLoad(gateway, { ...POST, clients: 50 });
  const cpu = { unit: "ms", digits: 3 };
  return [
    { name: "PostToConnection with the SDK, 50 clients, server CPU", ...cpu, measured: cpuMs, target: atMost(0.3) },
    { name: "  of it the gateway's thread", ...cpu, measured: mainThreadMs },
    { name: "  the SDK alone, against a server that only says 200", ...cpu, measured: sdkMs },
    { name: "  messages per second", measured: perSecond, unit: "msg/s", digits: 0 },
  ];
}

async function broadcastRows({ bare, gateway }: Servers): Promise<Row[]> {
  const floor = await measureBroadcast(bare, "broadcast");
  const rows = async (action: string, name: string, target: number): Promise<Row[]> => {
    const last: LastArrival = await measureBroadcast(gateway, action);
    const ms = { unit: "ms", digits: 1 };
    return [
      {
        name: `broadcast to ${AUDIENCE}, last client, ${name}: p50`,
        ...ms,
        measured: last.p50Ms,
        bare: floor.p50Ms,
        target: atMost(target),
      },
      { name: "  p99", ...ms, measured: last.p99Ms, bare: floor.p99Ms },
    ];
  };
  return [...(await rows("broadcast-sdk", "AWS SDK", 45)), ...(await rows("broadcast-poster", "our poster", 12))];
}

/** In processes of their own: garbage of what was measured before would make room for the connections. */
async function idleRows({ file }: EchoStack): Promise<Row[]> {
  const floor = await idleOn(await startBare());
  const idle = await idleOn(await startGateway(file));
  const count = figure(IDLE);
  return [
    {
      name: `${count} idle connections, memory of each`,
      ...{ measured: idle.bytesEach / 1024, bare: floor.bytesEach / 1024, unit: "KB", digits: 1, target: atMost(20) },
    },
    {
      name: `${count} idle connections, accepted`,
      ...{ measured: idle.perSecond, bare: floor.perSecond, unit: "/s", digits: 0, target: atLeast(1_000) },
    },
  ];
}

async function idleOn(server: MeasuredProcess): Promise<IdleResult> {
  try {
    return await measureIdle(server);
  } finally {
    await server.stop();
  }
}
