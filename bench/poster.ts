// The connection poster against the AWS SDK's PostToConnection and against posts that nobody signs, on the same stub of `@connections`.
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import path from "node:path";
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { connectionPoster } from "#aws/connection-poster.ts";
import { HttpPool } from "#aws/http/http-pool.ts";
import { realTiming } from "#aws/timing.ts";
import { root } from "#scripts/root.ts";
import { figure, percent, printTable, quantile } from "./print-table.ts";
import { atLeast, atMost, type Row, toCells } from "./target-row.ts";

const SOCKETS = 500;
const ROUNDS = 3;
/** After which `@connections` answers, where the targets are meant. */
const STUB_MS = 10;
const FRAME = JSON.stringify({ type: "message", conversation: "room:general", text: "x".repeat(200), seq: 123_456 });
const BODY = Buffer.from(FRAME);
/** A function has a session token, and it is signed with every post. */
const credentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "x".repeat(900) };

interface Sender {
  readonly name: string;
  readonly posts: number;
  post(connectionId: string): Promise<unknown>;
  close(): void;
}

interface Cost {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

export async function benchPoster(): Promise<void> {
  // the SDK's notice about Node 20 would stand between the tables
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const costs = await benchAgainst(STUB_MS);
  await benchAgainst(0);
  printTargets(costs);
}

async function benchAgainst(delayMs: number): Promise<Costs> {
  const file = path.join(root, "bench", "connections-stub.ts");
  const stub = fork(file, [String(delayMs)], { execArgv: ["--import", "tsx"] });
  const [port] = await once(stub, "message");
  const senders = sendersTo(`http://127.0.0.1:${port}/dev`);
  const costs = new Map<Sender, Cost>();
  try {
    const runs = senders.map((sender) => ({ sender, runs: [] as Cost[] }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { sender, runs: its } of runs) its.push(await run(sender));
    }
    for (const { sender, runs: its } of runs) costs.set(sender, medianOf(its));
  } finally {
    for (const sender of senders) sender.close();
    stub.disconnect();
    await once(stub, "exit");
  }
  print(delayMs, costs);
  return costs;
}

function sendersTo(endpoint: string): readonly Sender[] {
  return [sdkSender(endpoint), nodeSender(endpoint), poolSender(endpoint), posterSender(endpoint)];
}

function sdkSender(endpoint: string): Sender {
  const requestHandler = { httpAgent: { keepAlive: true, maxSockets: SOCKETS } };
  const client = new ApiGatewayManagementApiClient({ endpoint, region: "eu-central-1", credentials, requestHandler });
  return {
    name: "AWS SDK, PostToConnectionCommand",
    posts: 10_000,
    post: (id) => client.send(new PostToConnectionCommand({ ConnectionId: id, Data: BODY })),
    close: () => client.destroy(),
  };
}

function nodeSender(endpoint: string): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  const options = { method: "POST", agent, headers: { "content-length": BODY.length } };
  return {
    name: "node:http with an Agent, unsigned",
    posts: 30_000,
    post: (id) =>
      new Promise((resolve, reject) => {
        const sent = request(`${endpoint}/@connections/${encodeURIComponent(id)}`, options, (answer) => {
          answer.resume().on("end", resolve);
        });
        sent.on("error", reject).end(BODY);
      }),
    close: () => agent.destroy(),
  };
}

function poolSender(endpoint: string): Sender {
  const origin = new URL(endpoint);
  const pool = new HttpPool({ origin, sockets: SOCKETS, idleMs: 20_000, timing: realTiming });
  const rest = ` HTTP/1.1\r\nhost: ${origin.host}\r\ncontent-length: ${BODY.length}\r\n\r\n`;
  return {
    name: "our pool, unsigned",
    posts: 50_000,
    post: (id) => pool.request(`POST /dev/@connections/${encodeURIComponent(id)}${rest}`, BODY, 3_000),
    close: () => pool.close(),
  };
}

function posterSender(endpoint: string): Sender {
  const config = { region: async () => "eu-central-1", credentials: async () => credentials };
  const onFailure = (_: string, cause: Error) => {
    throw cause;
  };
  const poster = connectionPoster({ client: { config }, endpoint, sockets: SOCKETS, onFailure });
  return { name: "our poster", posts: 50_000, post: (id) => poster.post(id, FRAME), close: () => poster.close() };
}

/** Every socket has one post under way. */
async function run({ posts, post }: Sender): Promise<Cost> {
  await postAll(post, posts / 10);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await postAll(post, posts);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: posts / seconds, cpuMicroseconds: (user + system) / posts };
}

async function postAll(post: (connectionId: string) => Promise<unknown>, posts: number): Promise<void> {
  let left = posts;
  const worker = async () => {
    while (left > 0) await post(`AbCdEfG${String(left--).padStart(8, "0")}=`);
  };
  await Promise.all(Array.from({ length: SOCKETS }, worker));
}

function medianOf(runs: readonly Cost[]): Cost {
  const median = (of: (run: Cost) => number): number =>
    quantile(
      runs.map(of).sort((a, b) => a - b),
      0.5,
    );
  return { perSecond: median((one) => one.perSecond), cpuMicroseconds: median((one) => one.cpuMicroseconds) };
}

type Costs = ReadonlyMap<Sender, Cost>;

function costOf(costs: Costs, prefix: string): Cost | undefined {
  return [...costs].find(([{ name }]) => name.startsWith(prefix))?.[1];
}

function print(delayMs: number, costs: Costs): void {
  const sdk = costOf(costs, "AWS SDK")?.cpuMicroseconds ?? Number.NaN;
  const unsigned = costOf(costs, "our pool")?.perSecond ?? Number.NaN;
  printTable(
    `Posts to connections: one worker, ${SOCKETS} sockets, @connections answers after ${delayMs} ms (${ROUNDS} rounds, medians)`,
    ["", "posts/s", "of our pool unsigned", "CPU µs/post", "CPU of the SDK's"],
    [...costs].map(([{ name }, { perSecond, cpuMicroseconds }]) => [
      name,
      figure(perSecond),
      percent(perSecond, unsigned),
      figure(cpuMicroseconds, 1),
      percent(cpuMicroseconds, sdk),
    ]),
  );
}

function printTargets(costs: Costs): void {
  const [ours, sdk, unsigned] = ["our poster", "AWS SDK", "our pool"].map((prefix) => costOf(costs, prefix));
  const rate = { measured: ours?.perSecond, unit: "/s", digits: 0 };
  const rows: Row[] = [
    {
      name: "CPU of a post, beside the SDK's",
      ...{
        measured: ours?.cpuMicroseconds,
        bare: sdk?.cpuMicroseconds,
        unit: "µs",
        digits: 1,
        target: atMost(0.2, "ratio"),
      },
    },
    { name: "posts a second of one worker", ...rate, target: atLeast(8_000) },
    { name: "  beside unsigned ones", ...rate, bare: unsigned?.perSecond, target: atLeast(60, "share") },
  ];
  printTable(
    `What the poster has to meet, with answers after ${STUB_MS} ms`,
    ["", "measured", "beside", "ratio", "target", "holds"],
    rows.map(toCells),
  );
}
