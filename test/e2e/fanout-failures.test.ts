// What can go wrong behind a large room, through everything that is deployed and with what IAM allows the function fanout: sockets that end without
// a $disconnect, the largest messages, and pumps that always fail.
import { once } from "node:events";
import { expect } from "chai";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { LIMITS } from "#protocol/limits.ts";
import { entriesOf, type Frame, LargeRoom, LIMIT, type Starting } from "./large-room-stack.ts";

const FRAME_BYTES = 32 * 1024;
const MESSAGE_BYTES = 128 * 1024;

describe("behind a large room on the local stack", function () {
  this.timeout(60_000);
  let room: LargeRoom;
  afterEach(() => room.close());
  const start = async (starting: Starting = {}) => {
    room = await LargeRoom.start(starting);
  };

  it("connections that ended without a word are found by their 410, and their rows are all that goes", async () => {
    await start();
    await room.enter(12);
    room.local.chaos.use([{ kind: "disconnect-drop", share: 1 }]);
    const gone = ["u3", "u4", "u5", "u8", "u11"];
    for (const user of gone) {
      room.client(user).socket.terminate();
      await room.client(user).closed;
      room.clients.delete(user);
    }
    expect((await room.users("memberships")).length, "nobody was told").to.equal(12);
    expect(await room.say("anyone?", "first")).to.include({ type: "ack" });
    const left = [...room.clients.keys()];
    for (const user of left.slice(1)) expect(await room.arrived(user, "first")).to.include({ content: "anyone?" });
    while (
      (await room.users("memberships")).length > left.length ||
      (await room.users("connections")).length > left.length
    ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await room.users("memberships")).to.deep.equal(left.toSorted());
    expect(await room.users("connections")).to.deep.equal(left.toSorted());
    expect(await room.say("just us", "second")).to.include({ type: "ack" });
    for (const user of left.slice(1)) expect(await room.arrived(user, "second")).to.include({ content: "just us" });
    expect(await room.log(), "what IAM has refused").not.to.match(/AccessDenied|pump failed|post failed/);
  });

  describe("with the largest messages", () => {
    beforeEach(async () => {
      await start();
      await room.enter(LIMIT + 2);
    });

    it("the largest content goes the whole way in one frame, whatever JSON escapes in it; history and resume have it", async () => {
      const contents = [
        "x".repeat(LIMITS.contentBytes),
        '"'.repeat(LIMITS.contentBytes / 2),
        "é".repeat(LIMITS.contentBytes / 2),
      ];
      for (const [at, content] of contents.entries()) {
        expect(await room.say(content, `m${at}`)).to.include({ type: "ack", seq: at + 1 });
        const entry = await room.arrived("u1", `m${at}`);
        expect(entry).to.include({ content });
        expect(Buffer.byteLength(JSON.stringify(entry)), "one billed message").to.be.at.most(LIMITS.pushBytes);
      }
      const seen: unknown[] = [];
      for (let after = 0, more = true; more; after = seen.length) {
        const answer = await room.resume(after);
        expect(Buffer.byteLength(JSON.stringify(answer))).to.be.at.most(MESSAGE_BYTES);
        const [part] = answer.conversations as [{ entries: Frame[]; more: boolean; recovered: boolean }];
        expect(part.recovered).to.equal(true);
        seen.push(...part.entries.map(({ content }) => content));
        more = part.more;
      }
      expect(seen).to.deep.equal(contents);
      const history = await room.ask("u1", { action: "getMessages", conversation: "room:large" });
      expect(Object(history.entries).at(-1)).to.include({ content: contents.at(-1) });
    });

    it("a message of 128 KB, in frames as API Gateway takes them, is refused with a reason, and the room goes on", async () => {
      const frame = { action: "sendMessage", to: { room: "large" }, content: "", id: "huge", requestId: "huge" };
      const content = "x".repeat(MESSAGE_BYTES - Buffer.byteLength(JSON.stringify(frame)));
      const text = JSON.stringify({ ...frame, content });
      expect(Buffer.byteLength(text)).to.equal(MESSAGE_BYTES);
      const { socket } = room.client("u0");
      for (let at = 0; at < text.length; at += FRAME_BYTES) {
        socket.send(text.slice(at, at + FRAME_BYTES), { fin: at + FRAME_BYTES >= text.length });
      }
      const refusal = (await room.framesUntil("u0", ({ requestId }) => requestId === "huge")).at(-1);
      expect(refusal).to.include({ type: "error", code: "message_too_large", retryable: false });
      expect(await room.say("small", "small")).to.include({ type: "ack", seq: 1 });
      expect(await room.arrived("u1", "small")).to.include({ seq: 1, content: "small" });
    });

    it("what is larger yet ends that one socket, and the room goes on", async () => {
      const { socket } = room.client("u2");
      socket.send("x".repeat(FRAME_BYTES + 1));
      const [code] = await once(socket, "close");
      expect(code).to.equal(1009);
      expect(await room.say("still here", "after")).to.include({ type: "ack" });
      expect(await room.arrived("u1", "after")).to.include({ content: "still here" });
    });
  });

  for (const ms of [5_000, -5_000]) {
    it(`clocks of functions ${Math.abs(ms) / 1_000} s ${ms < 0 ? "behind" : "ahead of"} those of others keep nobody from anything`, async () => {
      await start({ faults: [{ kind: "clock-skew", share: 0.5, ms }] });
      await room.enter(LIMIT + 3);
      const ids = Array.from({ length: 20 }, (_, at) => `m${at}`);
      for (const [at, id] of ids.entries()) {
        room.client(`u${at % 2}`).send({ action: "sendMessage", to: { room: "large" }, content: id, id });
      }
      for (const user of [...room.clients.keys()].slice(2)) {
        const seqs = new Set<number>();
        await room.framesUntil(user, (frame) => {
          for (const entry of entriesOf(frame)) if (entry.type === "message") seqs.add(Number(entry.seq));
          return seqs.size === ids.length;
        });
        expect([...seqs], user).to.deep.equal(ids.map((_, at) => at + 1));
      }
    });
  }

  it("the number of its shards goes up and down under open connections, and nobody is lost", async () => {
    await start({ shards: 1 });
    await room.enter(8);
    let count = 0;
    const all = async () => {
      const id = `m${++count}`;
      expect(await room.say(id, id)).to.include({ type: "ack" });
      for (const user of [...room.clients.keys()].slice(1)) {
        expect(await room.arrived(user, id), user).to.include({ seq: count });
      }
      expect(await room.users("memberships")).to.have.lengthOf(room.clients.size);
    };
    await all();
    for (const [step, shards] of [5, 2, 7, 1].entries()) {
      await room.deploy({ shards });
      await all();
      await room.enter(11 + 3 * step, 8 + 3 * step);
      await all();
      // one who was placed by another number, and one who joins again
      const [leaving, again] = [`u${2 + step}`, `u${8 + step}`];
      expect(await room.ask(leaving, { action: "leaveRoom", room: "large" })).to.include({ type: "ack" });
      room.client(leaving).socket.close();
      room.clients.delete(leaving);
      expect(await room.ask(again, { action: "joinRoom", room: "large" })).to.include({ type: "ack" });
      await all();
    }
  });

  it("an event whose pumps always fail is tried as the Terraform says, and ends in the queue that it names", async () => {
    const async = { maximumRetryAttempts: 0, maximumEventAgeSeconds: 120 };
    const code = { fanout: "export const handler = async () => { throw new Error('no pump'); };" };
    await start({ functions: { fanout: { async } }, code });
    const fanout = room.local.stack.functions.find(({ name }) => name.endsWith("-fanout"));
    expect(fanout?.asyncInvoke).to.include({ maxRetries: 0, maxAgeSeconds: 120 });
    const queue = fanout?.asyncInvoke?.onFailure;
    expect(queue).to.match(/^arn:aws:sqs:us-east-1:\d+:websocket-api-dev-fanout-/);
    await room.enter(LIMIT + 2);
    expect(await room.say("lost?", "lost")).to.include({ type: "ack", seq: 1 });
    // pumps were asked for when the members came, too
    const isForTheMessage = ({ record }: { record: { requestPayload: PumpOrder } }) => record.requestPayload.seq === 1;
    const records = async () =>
      (await room.log())
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
    expect(JSON.stringify(await room.resume(0)), "what was acknowledged is kept").to.include("lost?");
  });
});
