// What is in --data-dir is there again after a restart, also after one that nobody announced.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { connectClient, type TestClient } from "#test/local/support/test-client.ts";
import { type RunningProduct, startProduct } from "./running-product.ts";

describe("npm start with --data-dir", function () {
  this.timeout(60_000);
  let directory: string;
  let product: RunningProduct | undefined;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "websocket-api-data-"));
  });
  after(async () => {
    await product?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const start = async () => {
    product = await startProduct(["--data-dir", directory, "--quiet"]);
    return product;
  };
  const enter = async (url: string, userId: string) => {
    const client = await connectClient(`${url}?dialect=native&userId=${userId}`);
    const ack = await ask(client, { action: "joinRoom", room: "general" });
    return { client, ack };
  };
  const ask = async (client: TestClient, frame: object) => {
    client.send(frame);
    for (;;) {
      const answer = JSON.parse(await client.next());
      if (answer.type === "ack" || answer.type === "error") return answer;
    }
  };
  const say = (client: TestClient, content: string) =>
    ask(client, { action: "sendMessage", to: { room: "general" }, content });

  it("goes on where it was: messages, their numbers, who is here", async () => {
    const first = await start();
    const ann = await enter(first.webSocketUrl, "ann");
    expect(await say(ann.client, "before")).to.include({ seq: 1 });
    expect(await first.stop()).to.equal(0);

    const second = await start();
    const bob = await enter(second.webSocketUrl, "bob");
    // ann was disconnected properly
    expect(bob.ack).to.deep.include({ seq: 1, members: [{ id: "bob" }] });
    expect(await say(bob.client, "between")).to.include({ seq: 2 });
    await second.kill();

    const third = await start();
    const cid = await enter(third.webSocketUrl, "cid");
    // nobody was told that bob is gone: the next message finds out
    expect(cid.ack).to.deep.include({ seq: 2, members: [{ id: "bob" }, { id: "cid" }] });
    expect(await say(cid.client, "after")).to.include({ seq: 3 });
    expect(await ask(cid.client, { action: "members", room: "general" })).to.deep.include({ members: [{ id: "cid" }] });
    const { entries } = await ask(cid.client, { action: "getMessages", conversation: "room:general" });
    expect(entries.map(({ content }: { content: string }) => content)).to.deep.equal(["before", "between", "after"]);
  });
});
