// What one message costs: a direct one, and one to a room of 2, 10 and 100. The message function runs in process on the embedded database, so
// that every call it makes can be counted; the times are those of the deployed bundles on the local stack.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { WebSocket } from "ws";
import { dynamodbPostTimeline } from "#aws/dynamodb-post-timeline.ts";
import { StageTurns } from "#aws/stage-turns.ts";
import { realTiming as timing } from "#aws/timing.ts";
import { creditOf } from "#functions/runtime/pump-ports.ts";
import { root } from "#scripts/root.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { type Counts, countCalls, countedPoster, newCounts } from "./counted-calls.ts";
import { startProcess } from "./measured-process.ts";
import { PRICE } from "./prices.ts";
import { figure, printTable, quantile } from "./print-table.ts";
import { atMost, type Target } from "./target-row.ts";

const MESSAGES = 200;
/** As in stages/base.json. */
const MEMORY_GB = 0.5;
const POSTS_PER_SECOND = 4_000;

export async function benchSendCost(): Promise<void> {
  await benchCosts();
  await benchTimes();
  benchBundles();
}

async function benchCosts(): Promise<void> {
  const rows: string[][] = [];
  let baseline = 0;
  for (const [name, members] of [
    ["direct message", 0],
    ["room of 2", 2],
    ["room of 10", 10],
    ["room of 100", 100],
  ] as const) {
    const { counts, ms } = await costOf(members);
    const per = (total: number) => total / MESSAGES;
    const dollars = dollarsPerMillion(counts, ms);
    baseline ||= dollars;
    rows.push([
      name,
      figure(per(counts.callsBeforePush), 1),
      figure(per(counts.calls), 1),
      figure(per(counts.readUnits), 1),
      figure(per(counts.writeUnits), 1),
      figure(per(counts.bookingUnits), 2),
      figure(per(counts.posts), 1),
      figure(per(ms), 2),
      figure(dollars, 2),
      figure(dollars / baseline, 1),
    ]);
  }
  printTable(
    `What one message costs (mean of ${MESSAGES}, each with an id of its client, 100 bytes, DynamoDB through the SDK)`,
    [
      "",
      "calls before push",
      "calls",
      "read units",
      "write units",
      "to book posts",
      "posts",
      "function ms",
      "$ / million",
      "× direct",
    ],
    rows,
  );
}

async function costOf(members: number): Promise<{ readonly counts: Counts; readonly ms: number }> {
  const world = await openChatWorld();
  try {
    const users = Array.from({ length: Math.max(2, members) }, (_, at) => `u${at}`);
    for (const user of users) {
      await world.open(user, { userId: `id-${user}`, dialect: "native" });
      if (members > 0) await world.say(user, { action: "joinRoom", room: "bench" });
    }
    const total = newCounts();
    let counts = newCounts();
    countCalls(world.client, () => counts);
    Object.assign(
      world.ports.poster,
      countedPoster(() => counts, directTurns(world)),
    );
    const frame = (id: string) => ({
      action: "sendMessage",
      to: members > 0 ? { room: "bench" } : { user: "id-u1" },
      content: "x".repeat(100),
      id,
    });
    await world.say("u0", frame("warm up"));
    let ms = 0;
    for (let at = 0; at < MESSAGES; at++) {
      counts = newCounts();
      world.pass(100);
      const startedAt = performance.now();
      const answer = await world.say("u0", frame(`m${at}`));
      ms += performance.now() - startedAt;
      if (answer?.type !== "ack") throw new Error(JSON.stringify(answer));
      for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key];
    }
    return { counts: total, ms };
  } finally {
    await world.close();
  }
}

/** As the message function has them in a stage that is not at its limit. */
function directTurns({ client, prefix }: ChatWorld): StageTurns {
  const line = { client, tableName: `${prefix}-messages`, postsPerSecond: 1e6, timing };
  return new StageTurns({
    timeline: dynamodbPostTimeline(line),
    postsPerSecond: line.postsPerSecond,
    credit: creditOf(POSTS_PER_SECOND),
    timing,
  });
}

/** The message in, its ack, each push; the function's call and time; the units. */
function dollarsPerMillion(counts: Counts, ms: number): number {
  const perMessage =
    (2 + counts.posts / MESSAGES) * PRICE.message +
    PRICE.lambdaRequest +
    (ms / MESSAGES / 1000) * MEMORY_GB * PRICE.lambdaGbSecond +
    (counts.readUnits / MESSAGES) * PRICE.readUnit +
    (counts.writeUnits / MESSAGES) * PRICE.writeUnit;
  return perMessage * 1e6;
}

async function benchTimes(): Promise<void> {
  const terraform = path.join(root, "cdktf.out", "stacks", "websocket-api-dev", "cdk.tf.json");
  const server = await startProcess(["scripts/run-local.mjs", "--quiet", "--port", "0", "--terraform", terraform]);
  try {
    const sockets = await Promise.all(
      Array.from({ length: 10 }, (_, at) => enter(`${server.url}?dialect=native&userId=u${at}`)),
    );
    const [sender, ...others] = sockets;
    if (!sender) return;
    const acks: number[] = [];
    const lasts: number[] = [];
    for (let at = 0; at < 300; at++) {
      // a quiet room: below the rate at which a connection is told to slow down
      await new Promise((resolve) => setTimeout(resolve, 25));
      const startedAt = performance.now();
      const arrival = async (socket: WebSocket, type: string) => {
        await nextOf(socket, type);
        return performance.now() - startedAt;
      };
      const all = [arrival(sender, "ack"), ...others.map((socket) => arrival(socket, "message"))];
      sender.send(JSON.stringify({ action: "sendMessage", to: { room: "bench" }, content: "hi", id: `m${at}` }));
      const [ack = 0, ...pushes] = await Promise.all(all);
      acks.push(ack);
      lasts.push(Math.max(...pushes));
    }
    const row = (name: string, values: number[], target?: Target) => {
      const sorted = values.slice(50).sort((a, b) => a - b);
      const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
      const holds = target && (target.holds(p50) ? "yes" : "no");
      return [name, figure(p50, 1), target?.text ?? "", holds ?? "", figure(p99, 1)];
    };
    printTable(
      "On the local stack of dev, a quiet room of 10 (250 messages after warming up)",
      ["", "p50 ms", "target", "holds", "p99 ms"],
      [row("send → ack", acks), row("send → last member", lasts, atMost(15))],
    );
    for (const socket of sockets) socket.close();
  } finally {
    await server.stop();
  }
}

async function enter(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await once(socket, "open");
  socket.send(JSON.stringify({ action: "joinRoom", room: "bench" }));
  await nextOf(socket, "ack");
  return socket;
}

/** The next frame of the type; others, such as who comes and goes, pass by. */
function nextOf(socket: WebSocket, type: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const received = (data: unknown) => {
      const frame = JSON.parse(String(data));
      if (frame.type !== type && frame.type !== "error") return;
      socket.off("message", received);
      if (frame.type === "error") reject(new Error(`${frame.code}: ${frame.message}`));
      else resolve();
    };
    socket.on("message", received);
  });
}

function benchBundles(): void {
  const rows = ["connect", "disconnect", "fanout", "message"].map((name) => {
    const file = path.join(root, "dist", "functions", name, "index.mjs");
    const times = Array.from({ length: 5 }, () => importMs(file)).sort((a, b) => a - b);
    return [name, figure(statSync(file).size / 1024, 0), figure(quantile(times, 0.5), 0)];
  });
  printTable("Bundles", ["", "KB", "import ms"], rows);
}

/** In a new process, as a cold start does it. */
function importMs(file: string): number {
  const environment = JSON.parse(readFileSync(new URL("function-environment.json", import.meta.url), "utf8"));
  const script = `const t = performance.now(); await import(process.argv[1]); console.log(performance.now() - t);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script, file], {
    env: { ...process.env, ...environment },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}
