// What can go wrong behind a large room, through everything that is deployed and with what IAM allows the function fanout: sockets that end without
// a $disconnect, the largest messages, and pumps that always fail.
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { zipSync } from "fflate";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { synthesize } from "#infra/synthesize.ts";
import { type LocalStack, startLocal } from "#local/start-local.ts";
import { LIMITS } from "#protocol/limits.ts";
import { buildFunctions } from "#scripts/build-functions.ts";
import { root } from "#scripts/root.ts";
import { connectClient, type TestClient } from "#test/local/support/test-client.ts";

type Frame = Readonly<Record<string, unknown>>;

const LIMIT = 5;
const FRAME_BYTES = 32 * 1024;
const MESSAGE_BYTES = 128 * 1024;

describe("behind a large room on the local stack", function () {
  this.timeout(60_000);
  let directory: string;
  let local: LocalStack;
  let lines: string[];
  const clients = new Map<string, TestClient>();

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "fanout-failures-"));
    await buildFunctions(root);
  });
  after(() => rm(directory, { recursive: true, force: true }));
  afterEach(async () => {
    for (const { socket } of clients.values()) socket.terminate();
    clients.clear();
    await local.close();
  });

  const start = async (functions: object = {}, code: Readonly<Record<string, string>> = {}) => {
    const stageFile = path.join(directory, "dev.json");
    const settings = { delivery: { directAudienceLimit: LIMIT, roomShards: { large: 2 } }, functions };
    await writeFile(
      stageFile,
      JSON.stringify({
        extends: path.relative(directory, path.join(root, "stages/dev.json")),
        stage: "dev",
        ...settings,
      }),
    );
    const [stack] = synthesize({
      stageFiles: [stageFile],
      outdir: path.join(directory, "out"),
      distDir: path.join(root, "dist", "functions"),
    });
    if (!stack) throw new Error("no stack");
    const copy = path.join(directory, "stack");
    await rm(copy, { recursive: true, force: true });
    await cp(stack.directory, copy, { recursive: true });
    for (const [name, source] of Object.entries(code)) {
      await writeFile(path.join(copy, "assets", `${name}.zip`), zipSync({ "index.mjs": Buffer.from(source) }));
    }
    lines = [];
    local = await startLocal({
      terraform: path.join(copy, "cdk.tf.json"),
      port: 0,
      logsDir: path.join(directory, "logs"),
      print: (line) => lines.push(line),
    });
  };
  const enter = async (count: number) => {
    for (let at = 0; at < count; at++) {
      const client = await connectClient(`${local.urls[0]}?dialect=native&userId=u${at}`);
      clients.set(`u${at}`, client);
      client.send({ action: "joinRoom", room: "large", requestId: "join" });
      await framesUntil(client, ({ requestId }) => requestId === "join");
    }
  };
  const client = (user: string): TestClient => {
    const found = clients.get(user);
    if (!found) throw new Error(`no ${user}`);
    return found;
  };
  const framesUntil = async (of: TestClient, isLast: (frame: Frame) => boolean): Promise<readonly Frame[]> => {
    for (const frames: Frame[] = []; ; ) {
      const frame = JSON.parse(await of.next());
      frames.push(frame);
      if (isLast(frame)) return frames;
    }
  };
  const ask = async (user: string, frame: Frame): Promise<Frame> => {
    client(user).send({ requestId: frame.action, ...frame });
    return (await framesUntil(client(user), ({ requestId }) => requestId === frame.action)).at(-1) ?? {};
  };
  const say = (content: string, id: string) => ask("u0", { action: "sendMessage", to: { room: "large" }, content, id });
  const resume = (after: number) =>
    ask("u1", { action: "resume", conversations: [{ conversation: "room:large", after }] });
  const entriesOf = (frame: Frame): readonly Frame[] =>
    frame.type === "entries" ? (frame.entries as Frame[]) : [frame];
  const arrived = async (user: string, id: string) => {
    const frames = await framesUntil(client(user), (frame) => entriesOf(frame).some((entry) => entry.id === id));
    return entriesOf(frames.at(-1) as Frame).find((entry) => entry.id === id) as Frame;
  };
  const rows = async (table: string) => {
    const credentials = { accessKeyId: "developer", secretAccessKey: "any" };
    const database = new DynamoDBClient({ endpoint: local.dynamodbUrl, region: "us-east-1", credentials });
    const TableName = local.stack.tables.find(({ name }) => name.endsWith(`-${table}`))?.name;
    const { Items = [] } = await database.send(new ScanCommand({ TableName, ConsistentRead: true }));
    database.destroy();
    return Items;
  };
  const users = async (table: string) => {
    const found = (await rows(table)).flatMap(({ userId, connectionId }) => userId?.S ?? connectionId?.S ?? []);
    return new Set(found.filter((user) => /^u\d+$/.test(user)));
  };
  const fanoutLog = () =>
    readFile(path.join(directory, "logs", "aws.lambda.websocket-api-dev-fanout.jsonl"), "utf8").catch(() => "");

  it("connections that ended without a word are found by their 410, and their rows are all that goes", async () => {
    await start();
    await enter(12);
    local.chaos.use([{ kind: "disconnect-drop", share: 1 }]);
    const gone = ["u3", "u4", "u5", "u8", "u11"];
    for (const user of gone) {
      client(user).socket.terminate();
      await client(user).closed;
      clients.delete(user);
    }
    expect((await users("memberships")).size, "nobody was told").to.equal(12);
    expect(await say("anyone?", "first")).to.include({ type: "ack" });
    const left = [...clients.keys()];
    for (const user of left.slice(1)) expect(await arrived(user, "first")).to.include({ content: "anyone?" });
    while ((await users("memberships")).size > left.length || (await users("connections")).size > left.length) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect([...(await users("memberships"))].sort()).to.deep.equal(left.toSorted());
    expect([...(await users("connections"))].sort()).to.deep.equal(left.toSorted());
    expect(await say("just us", "second")).to.include({ type: "ack" });
    for (const user of left.slice(1)) expect(await arrived(user, "second")).to.include({ content: "just us" });
    expect(await fanoutLog(), "what IAM has refused").not.to.match(/AccessDenied|pump failed|post failed/);
  });

  describe("with the largest messages", () => {
    beforeEach(async () => {
      await start();
      await enter(LIMIT + 2);
    });

    it("the largest content goes the whole way in one frame, whatever JSON escapes in it; history and resume have it", async () => {
      const contents = [
        "x".repeat(LIMITS.contentBytes),
        '"'.repeat(LIMITS.contentBytes / 2),
        "é".repeat(LIMITS.contentBytes / 2),
      ];
      for (const [at, content] of contents.entries()) {
        expect(await say(content, `m${at}`)).to.include({ type: "ack", seq: at + 1 });
        const entry = await arrived("u1", `m${at}`);
        expect(entry).to.include({ content });
        expect(Buffer.byteLength(JSON.stringify(entry)), "one billed message").to.be.at.most(LIMITS.pushBytes);
      }
      const seen: unknown[] = [];
      for (let after = 0, more = true; more; after = seen.length) {
        const answer = await resume(after);
        expect(Buffer.byteLength(JSON.stringify(answer))).to.be.at.most(MESSAGE_BYTES);
        const [part] = answer.conversations as [{ entries: Frame[]; more: boolean; recovered: boolean }];
        expect(part.recovered).to.equal(true);
        seen.push(...part.entries.map(({ content }) => content));
        more = part.more;
      }
      expect(seen).to.deep.equal(contents);
      const history = await ask("u1", { action: "getMessages", conversation: "room:large" });
      expect(Object(history.entries).at(-1)).to.include({ content: contents.at(-1) });
    });

    it("a message of 128 KB, in frames as API Gateway takes them, is refused with a reason, and the room goes on", async () => {
      const frame = { action: "sendMessage", to: { room: "large" }, content: "", id: "huge", requestId: "huge" };
      const content = "x".repeat(MESSAGE_BYTES - Buffer.byteLength(JSON.stringify(frame)));
      const text = JSON.stringify({ ...frame, content });
      expect(Buffer.byteLength(text)).to.equal(MESSAGE_BYTES);
      const { socket } = client("u0");
      for (let at = 0; at < text.length; at += FRAME_BYTES) {
        socket.send(text.slice(at, at + FRAME_BYTES), { fin: at + FRAME_BYTES >= text.length });
      }
      const refusal = (await framesUntil(client("u0"), ({ requestId }) => requestId === "huge")).at(-1);
      expect(refusal).to.include({ type: "error", code: "message_too_large", retryable: false });
      expect(await say("small", "small")).to.include({ type: "ack", seq: 1 });
      expect(await arrived("u1", "small")).to.include({ seq: 1, content: "small" });
    });

    it("what is larger yet ends that one socket, and the room goes on", async () => {
      const { socket } = client("u2");
      socket.send("x".repeat(FRAME_BYTES + 1));
      const [code] = await once(socket, "close");
      expect(code).to.equal(1009);
      expect(await say("still here", "after")).to.include({ type: "ack" });
      expect(await arrived("u1", "after")).to.include({ content: "still here" });
    });
  });

  it("an event whose pumps always fail is tried as the Terraform says, and ends in the queue that it names", async () => {
    const async = { maximumRetryAttempts: 0, maximumEventAgeSeconds: 120 };
    await start(
      { fanout: { async } },
      { fanout: "export const handler = async () => { throw new Error('no pump'); };" },
    );
    const fanout = local.stack.functions.find(({ name }) => name.endsWith("-fanout"));
    expect(fanout?.asyncInvoke).to.include({ maxRetries: 0, maxAgeSeconds: 120 });
    const queue = fanout?.asyncInvoke?.onFailure;
    expect(queue).to.match(/^arn:aws:sqs:us-east-1:\d+:websocket-api-dev-fanout-/);
    await enter(LIMIT + 2);
    expect(await say("lost?", "lost")).to.include({ type: "ack", seq: 1 });
    // pumps were asked for when the members came, too
    const isForTheMessage = ({ record }: { record: { requestPayload: PumpOrder } }) => record.requestPayload.seq === 1;
    const records = async () =>
      (await fanoutLog())
        .split("\n")
        .filter((line) => line.includes("local.asyncDestination"))
        .map((line) => JSON.parse(JSON.parse(line).message).record)
        .filter(isForTheMessage);
    while ((await records()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const shards = (await records()).map(({ destination, record }) => {
      expect(destination).to.equal(queue);
      expect(record.requestContext).to.include({ condition: "RetriesExhausted", approximateInvokeCount: 1 });
      expect(record.responsePayload).to.include({ errorMessage: "no pump" });
      expect(record.requestPayload).to.include({ conversation: "room:large", seq: 1 });
      return record.requestPayload.shard;
    });
    expect(shards.sort()).to.deep.equal([0, 1]);
    expect(JSON.stringify(await resume(0)), "what was acknowledged is kept").to.include("lost?");
  });
});
