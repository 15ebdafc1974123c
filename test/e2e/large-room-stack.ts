// A room that is larger than its stage's limit, on the local stack in this process: with clients that come and go, and a look at what is kept.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { zipSync } from "fflate";
import { synthesize } from "#infra/synthesize.ts";
import type { Fault } from "#local/chaos/chaos.ts";
import { type LocalStack, startLocal } from "#local/start-local.ts";
import { buildFunctions } from "#scripts/build-functions.ts";
import { root } from "#scripts/root.ts";
import { connectClient, type TestClient } from "#test/local/support/test-client.ts";

export type Frame = Readonly<Record<string, unknown>>;

export interface Starting {
  readonly shards?: number;
  readonly functions?: object;
  /** Instead of what was built, by function. */
  readonly code?: Readonly<Record<string, string>>;
  readonly faults?: readonly Fault[];
}

export const LIMIT = 5;
const LOG = path.join("logs", "aws.lambda.websocket-api-dev-fanout.jsonl");

export class LargeRoom {
  readonly local: LocalStack;
  readonly clients = new Map<string, TestClient>();
  readonly #directory: string;

  private constructor(directory: string, local: LocalStack) {
    this.#directory = directory;
    this.local = local;
  }

  static async start(starting: Starting = {}): Promise<LargeRoom> {
    await buildFunctions(root);
    const directory = await mkdtemp(path.join(tmpdir(), "large-room-"));
    const terraform = await synthesizeInto(directory, starting);
    const chaos = { faults: starting.faults ?? [], seed: 1 };
    const local = await startLocal({ terraform, port: 0, logsDir: path.join(directory, "logs"), chaos });
    return new LargeRoom(directory, local);
  }

  async close(): Promise<void> {
    for (const { socket } of this.clients.values()) socket.terminate();
    await this.local.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Deploys the room anew; who is connected stays so. */
  async deploy(starting: Starting): Promise<void> {
    await synthesizeInto(this.#directory, starting);
    await this.local.reload();
  }

  /** Users `u<from>` to `u<to - 1>`. */
  async enter(to: number, from = 0): Promise<void> {
    for (let at = from; at < to; at++) {
      this.clients.set(`u${at}`, await connectClient(`${this.local.urls[0]}?dialect=native&userId=u${at}`));
      await this.ask(`u${at}`, { action: "joinRoom", room: "large" });
    }
  }

  client(user: string): TestClient {
    const found = this.clients.get(user);
    if (!found) throw new Error(`no ${user}`);
    return found;
  }

  async framesUntil(user: string, isLast: (frame: Frame) => boolean): Promise<readonly Frame[]> {
    for (const frames: Frame[] = []; ; ) {
      const frame = JSON.parse(await this.client(user).next());
      frames.push(frame);
      if (isLast(frame)) return frames;
    }
  }

  async ask(user: string, frame: Frame): Promise<Frame> {
    this.client(user).send({ requestId: frame.action, ...frame });
    return (await this.framesUntil(user, ({ requestId }) => requestId === frame.action)).at(-1) ?? {};
  }

  say(content: string, id: string): Promise<Frame> {
    return this.ask("u0", { action: "sendMessage", to: { room: "large" }, content, id });
  }

  resume(after: number): Promise<Frame> {
    return this.ask("u1", { action: "resume", conversations: [{ conversation: "room:large", after }] });
  }

  /** The entry of that id, when it was pushed to the user. */
  async arrived(user: string, id: string): Promise<Frame | undefined> {
    const frames = await this.framesUntil(user, (frame) => entriesOf(frame).some((entry) => entry.id === id));
    return frames.flatMap(entriesOf).find((entry) => entry.id === id);
  }

  /** Who has rows in the table. */
  async users(table: string): Promise<readonly string[]> {
    const credentials = { accessKeyId: "developer", secretAccessKey: "any" };
    const database = new DynamoDBClient({ endpoint: this.local.dynamodbUrl, region: "us-east-1", credentials });
    const TableName = this.local.stack.tables.find(({ name }) => name.endsWith(`-${table}`))?.name;
    const { Items = [] } = await database.send(new ScanCommand({ TableName, ConsistentRead: true }));
    database.destroy();
    const found = Items.map(({ userId }) => userId?.S ?? "").filter((user) => /^u\d+$/.test(user));
    return [...new Set(found)].sort();
  }

  /** What fanout has logged. */
  async log(): Promise<string> {
    return readFile(path.join(this.#directory, LOG), "utf8").catch(() => "");
  }
}

export function entriesOf(frame: Frame): readonly Frame[] {
  return frame.type === "entries" ? (frame.entries as Frame[]) : [frame];
}

async function synthesizeInto(directory: string, { shards = 2, functions = {}, code = {} }: Starting): Promise<string> {
  const stageFile = path.join(directory, "dev.json");
  const base = path.relative(directory, path.join(root, "stages", "dev.json"));
  const delivery = { directAudienceLimit: LIMIT, roomShards: { large: shards } };
  await writeFile(stageFile, JSON.stringify({ extends: base, stage: "dev", delivery, functions }));
  const [stack] = synthesize({
    stageFiles: [stageFile],
    outdir: path.join(directory, "out"),
    distDir: path.join(root, "dist", "functions"),
  });
  if (!stack) throw new Error("no stack");
  const copy = path.join(directory, "stack");
  await cp(stack.directory, copy, { recursive: true });
  for (const [name, source] of Object.entries(code)) {
    await writeFile(path.join(copy, "assets", `${name}.zip`), zipSync({ "index.mjs": Buffer.from(source) }));
  }
  return path.join(copy, "cdk.tf.json");
}
