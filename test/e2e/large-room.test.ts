// A room that is larger than its stage's limit, through everything that is deployed: the message function invokes fanout as an event, by its
// alias and as its role allows, and the pumps push to three shards of members.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { WebSocket } from "ws";
import { root } from "#scripts/root.ts";
import { type RunningProduct, startProduct } from "./running-product.ts";

type Frame = Readonly<Record<string, unknown>>;

interface Signal {
  readonly type: string;
  readonly event?: string;
  readonly user: { readonly id: string };
}

const MEMBERS = 12;
const MESSAGES = 40;

class Member {
  readonly #frames: Frame[] = [];
  readonly #socket: WebSocket;
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      this.#frames.push(JSON.parse(String(data)));
      this.#wake();
    });
  }

  static async enter(url: string, userId: string): Promise<Member> {
    const socket = new WebSocket(`${url}?dialect=native&userId=${userId}`);
    const member = new Member(socket);
    await once(socket, "open");
    member.say({ action: "joinRoom", room: "large", requestId: "join" });
    await member.until(() => member.#frames.some(({ requestId }) => requestId === "join"));
    return member;
  }

  say(frame: Frame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** Seqs in the order in which they were pushed, or acknowledged. */
  get seqs(): readonly number[] {
    return this.#frames.flatMap((frame) => {
      if (frame.type === "entries") return (frame.entries as { seq: number }[]).map(({ seq }) => seq);
      return frame.type === "message" ? [Number(frame.seq)] : [];
    });
  }

  get signals(): readonly Signal[] {
    return this.#frames.flatMap((frame) => {
      if (frame.type === "signals" || frame.type === "entries") return (frame.signals ?? []) as readonly Signal[];
      return frame.type === "presence" || frame.type === "typing" ? [frame as unknown as Signal] : [];
    });
  }

  get pushes(): number {
    return this.#frames.filter(({ type }) => type === "entries" || type === "message").length;
  }

  get acknowledged(): readonly number[] {
    return this.#frames.flatMap(({ type, action, seq }) =>
      type === "ack" && action === "sendMessage" ? [Number(seq)] : [],
    );
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.terminate();
  }
}

describe("a large room on the local stack", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(tmpdir(), "large-room-"));
  let product: RunningProduct;
  const members: Member[] = [];

  before(async () => {
    const stageFile = path.join(folder, "dev.json");
    const extended = path.relative(folder, path.join(root, "stages", "dev.json"));
    const delivery = { directAudienceLimit: 5, membershipShards: 1, roomShards: { "la*": 3 } };
    writeFileSync(stageFile, JSON.stringify({ extends: extended, stage: "dev", delivery }));
    product = await startProduct(["--stage-file", stageFile]);
  });
  after(async () => {
    for (const member of members) member.close();
    await product.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("gets every message, in order, in fewer frames than there are messages", async () => {
    for (let at = 0; at < MEMBERS; at++) members.push(await Member.enter(product.webSocketUrl, `u${at}`));
    for (let at = 0; at < MESSAGES; at++) {
      const content = `message ${at}`;
      members[at % 2]?.say({ action: "sendMessage", to: { room: "large" }, content, id: `m${at}` });
    }
    const all = Array.from({ length: MESSAGES }, (_, at) => at + 1);
    for (const [at, member] of members.entries()) {
      const isSender = at < 2;
      await member.until(() => new Set([...member.seqs, ...member.acknowledged]).size === MESSAGES);
      const pushed = [...new Set(member.seqs)];
      expect(pushed, `order of member ${at}`).to.deep.equal(pushed.toSorted((a, b) => a - b));
      if (!isSender) expect(pushed).to.deep.equal(all);
    }
    const frames = members.reduce((sum, member) => sum + member.pushes, 0);
    // one each for everybody but its sender; how many go together depends on how fast this machine stores them
    expect(frames, "frames").to.be.lessThan(MESSAGES * (MEMBERS - 1));
  });

  it("is told who has come, who types and who is gone", async () => {
    const [first, second] = members;
    await first?.until(() => first.signals.some(({ event, user }) => event === "join" && user.id === "u7"));
    second?.say({ action: "typing", to: { room: "large" } });
    for (const member of members.filter((one) => one !== second)) {
      await member.until(() => member.signals.some(({ type, user }) => type === "typing" && user.id === "u1"));
    }
    members.pop()?.close();
    for (const member of members) {
      await member.until(() => member.signals.some(({ event, user }) => event === "leave" && user.id === "u11"));
    }
  });

  it("is pushed to in as many shards as the stage file says of this room", async () => {
    const pumped = (shard: number) =>
      product.lines.some((line) => line.includes("-fanout ") && line.includes(`"shard":${shard},"end":"done"`));
    while (![0, 1, 2].every(pumped)) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(pumped(3)).to.equal(false);
  });

  it("is told of in lines that CloudWatch makes metrics of, as they are", async () => {
    const isMetrics = (line: string) => line.includes("-fanout ") && line.includes('{"_aws":{"Timestamp":');
    // a pump looks once more before it ends
    while (!product.lines.some(isMetrics)) await new Promise((resolve) => setTimeout(resolve, 10));
    const [, json = ""] = product.lines.find(isMetrics)?.split(/ (\{.*)/) ?? [];
    expect(JSON.parse(json)).to.include({ Stage: "dev", conversation: "room:large", end: "done", gone: 0, failed: 0 });
  });
});
