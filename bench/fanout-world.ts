// The processes that the fan-out benchmark needs: this one with the database and the senders, the engines, and the stub of `@connections`.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { build } from "esbuild";
import { root } from "#scripts/root.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import type { EngineAnswer, EngineTask, Usage } from "./fanout-engine.ts";
import type { Seen } from "./fanout-seen.ts";
import { fillRoom } from "./fill-room.ts";

export interface FanoutWorld {
  readonly chat: ChatWorld;
  /** Each of the engines is a process of its own. */
  ask(task: EngineTask, engine?: number): Promise<EngineAnswer>;
  usage(engine?: number): Promise<Usage>;
  seen(): Promise<Seen>;
  /** Members who are only there to be pushed to. */
  fill(conversation: string, members: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface FanoutSettings {
  readonly postsPerSecond: number;
  readonly answerMs: number;
  readonly directAudienceLimit: number;
  readonly shards?: number;
  readonly engines?: number;
  /** The engines find a room of so many members, of whom none is stored. */
  readonly madeUp?: number;
}

export async function openFanoutWorld(settings: FanoutSettings): Promise<FanoutWorld> {
  const { directAudienceLimit, answerMs, postsPerSecond, shards = 1, engines: count = 1, madeUp } = settings;
  const chat = await openChatWorld({ directAudienceLimit, shards });
  const folder = mkdtempSync(path.join(tmpdir(), "fanout-"));
  const [stub, port] = await standIn("fanout-stub.ts", answerMs);
  const tables = (await chat.client.send(new ListTablesCommand({}))).TableNames ?? [];
  const table = (name: string) => tables.find((one) => one.endsWith(`-${name}`)) ?? name;
  const database = (await chat.client.config.endpoint?.())?.port;
  const [pages, databasePort] =
    madeUp === undefined ? [undefined, database] : await standIn("member-pages.ts", Number(database), madeUp);
  const bundle = await bundled(folder);
  const env = {
    ...process.env,
    ...readJson("bench/function-environment.json"),
    ...readJson("stages/base.json").functions.fanout.environment,
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${databasePort}`,
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: `http://127.0.0.1:${port}/bench`,
    CONNECTIONS_TABLE: table("connections"),
    MEMBERSHIPS_TABLE: table("memberships"),
    MESSAGES_TABLE: table("messages"),
    MEMBERSHIP_SHARDS: String(shards),
    DIRECT_AUDIENCE_LIMIT: String(directAudienceLimit),
    POSTS_PER_SECOND: String(postsPerSecond),
  };
  // as a function runs: without what runs this process
  const engines = Array.from({ length: count }, () => fork(bundle, { execArgv: [], env }));
  const askers = engines.map(asker);
  const ask: FanoutWorld["ask"] = (task, engine = 0) => {
    const asked = askers[engine];
    if (!asked) throw new RangeError(`there is no engine ${engine}`);
    return asked(task);
  };
  return {
    chat,
    ask,
    async usage(engine) {
      const { usage } = await ask({ kind: "usage" }, engine);
      if (!usage) throw new Error("the engines do not say what they use");
      return usage;
    },
    async seen() {
      stub.send("what?");
      const [seen] = await once(stub, "message");
      return seen as Seen;
    },
    fill: (conversation, members) =>
      fillRoom({ client: chat.client, tableName: table("memberships"), conversation, shards }, members),
    async close() {
      for (const child of [...engines, stub, ...(pages ? [pages] : [])].filter(({ connected }) => connected)) {
        child.disconnect();
        await once(child, "exit");
      }
      await chat.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process of its own, and the port it listens on. */
async function standIn(file: string, ...settings: readonly number[]): Promise<[ChildProcess, number]> {
  const child = fork(path.join(root, "bench", file), settings.map(String), { execArgv: ["--import", "tsx"] });
  const [port] = await once(child, "message");
  return [child, port as number];
}

function readJson(file: string) {
  return JSON.parse(readFileSync(path.join(root, file), "utf8"));
}

function asker(engine: ChildProcess): (task: EngineTask) => Promise<EngineAnswer> {
  const waiting = new Map<number, { resolve: (answer: EngineAnswer) => void; reject: (error: Error) => void }>();
  let asked = 0;
  engine.on("message", (answer: EngineAnswer) => {
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
  });
  engine.on("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the engines ended with ${code}`));
  });
  return (task) =>
    new Promise((resolve, reject) => {
      const id = asked++;
      waiting.set(id, { resolve, reject });
      engine.send({ id, task });
    });
}

/** As functions are bundled, so that the process is as large as theirs. */
async function bundled(folder: string): Promise<string> {
  await build({
    absWorkingDir: root,
    entryPoints: [path.join(root, "bench", "fanout-engine.ts")],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return path.join(folder, "fanout-engine.mjs");
}
