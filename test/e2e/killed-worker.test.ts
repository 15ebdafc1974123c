// The real bundle in a real worker on the synthesized stack, killed at each of its calls to DynamoDB: before it is made, or when it is
// answered. What is acknowledged is stored, once, and no seq is used twice or left out.
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { synthesize } from "#infra/synthesize.ts";
import { type LocalStack, startLocal } from "#local/start-local.ts";
import { buildFunctions } from "#scripts/build-functions.ts";
import { root } from "#scripts/root.ts";
import { connectClient, type TestClient } from "#test/local/support/test-client.ts";

/** The message function, which ends its worker where a frame's `kill` says. */
const MORTAL = `
import http from "node:http";
import { syncBuiltinESMExports } from "node:module";
let kill, calls = 0;
const request = http.request;
http.request = (...args) => {
  const number = ++calls;
  if (kill?.at === number && kill.moment === "before") process.exit(1);
  const made = request(...args);
  if (kill?.at === number) made.on("response", () => process.exit(1));
  return made;
};
syncBuiltinESMExports();
const { handler: message } = await import("./functions/message/handler.ts");
export const handler = (event) => {
  calls = 0;
  kill = JSON.parse(event.body).kill;
  return message(event);
};
`;

interface Entry {
  readonly seq: number;
  readonly id: string;
}

describe("a worker killed at any of its calls", function () {
  this.timeout(120_000);
  let directory: string;
  let local: LocalStack;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "killed-worker-"));
    await buildFunctions(root);
    const [stack] = synthesize({
      stageFiles: [path.join(root, "stages", "dev.json")],
      outdir: path.join(directory, "out"),
      distDir: path.join(root, "dist", "functions"),
    });
    if (!stack) throw new Error("no stack");
    await cp(stack.directory, path.join(directory, "stack"), { recursive: true });
    await writeFile(path.join(directory, "stack", "assets", "message.zip"), zipSync({ "index.mjs": await mortal() }));
    local = await startLocal({ terraform: path.join(directory, "stack", "cdk.tf.json"), port: 0 });
  });
  after(async () => {
    await local.close();
    await rm(directory, { recursive: true, force: true });
  });

  const ask = async (client: TestClient, frame: object): Promise<Record<string, unknown>> => {
    client.send(frame);
    for (;;) {
      const answer = JSON.parse(await client.next());
      // pushes pass by; API Gateway's own frames have no type
      if (answer.type === "ack" || answer.type === "error" || answer.type === undefined) return answer;
    }
  };

  it("loses nothing that was acknowledged, and stores what is tried again once", async () => {
    const url = local.urls[0] ?? "";
    const [ann, bob] = [
      await connectClient(`${url}?dialect=native&userId=ann`),
      await connectClient(`${url}?dialect=native&userId=bob`),
    ];
    for (const client of [ann, bob]) await ask(client, { action: "joinRoom", room: "general" });
    const send = (id: string, kill?: object) => ({
      action: "sendMessage",
      to: { room: "general" },
      content: id,
      id,
      kill,
    });
    const acks: Record<string, unknown>[] = [];
    let kills = 0;
    for (let at = 1, going = true; going; at++) {
      for (const moment of ["before", "after"]) {
        const id = `${at} ${moment}`;
        const first = await ask(ann, send(id, { at, moment }));
        going = first.type === undefined;
        if (going) kills++;
        else acks.push(first);
        acks.push(await ask(bob, send(`after ${id}`)));
        acks.push(await ask(ann, send(id)));
      }
    }
    expect(kills, "places to be killed at").to.be.at.least(8);
    const { entries } = (await ask(bob, {
      action: "getMessages",
      conversation: "room:general",
      limit: 100,
    })) as unknown as {
      entries: Entry[];
    };
    expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, index) => index + 1));
    expect(new Set(entries.map(({ id }) => id)).size).to.equal(entries.length);
    for (const { type, seq, id } of acks) {
      expect(type).to.equal("ack");
      expect(entries[(seq as number) - 1]).to.include({ id });
    }
    for (const client of [ann, bob]) await client.close();
  });
});

async function mortal(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: MORTAL, resolveDir: root, loader: "js" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    write: false,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
