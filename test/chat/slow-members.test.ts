// A small room with members who do not read: their buffers are full, and `@connections` answers 429 (aws facts §7.4). In virtual time, with
// the poster's own way of trying again.
import { expect } from "chai";
import { type AttemptSettings, postUntilDecided } from "#aws/post-attempts.ts";
import { PostFrame } from "#aws/post-frame.ts";
import type { Timing } from "#aws/timing.ts";
import type { PostOutcome } from "#chat/post-ports.ts";
import { type Answer, type ChatWorld, type Instance, openChatWorld } from "#test/support/chat-world.ts";
import { VirtualTime } from "#test/support/virtual-time.ts";

const ANSWER_MS = 10;

describe("a small room with members who do not read", () => {
  let time: VirtualTime;
  let world: ChatWorld;
  let instance: Instance;
  /** Connections that are answered with 429 until then. */
  let fullUntil: Map<string, number>;
  /** When each connection was posted an entry, and how often it was tried. */
  let arrived: Map<string, number>;
  let tries: Map<string, number>;

  beforeEach(async () => {
    time = new VirtualTime();
    world = await openChatWorld({ now: time.now });
    fullUntil = new Map();
    instance = world.instance((_call, make) => time.call(make));
    Object.assign(instance.ports.poster, { post });
  });
  afterEach(() => world.close());

  const timing: Timing = {
    now: () => time.now(),
    elapsed: () => time.elapsed,
    setTimer(ms, fn) {
      let isSet = true;
      void time.sleep(ms).then(() => isSet && fn());
      return () => {
        isSet = false;
      };
    },
    random: () => 0.5,
  };
  const api: AttemptSettings["api"] = {
    async post(connectionId) {
      tries.set(connectionId, (tries.get(connectionId) ?? 0) + 1);
      await time.sleep(ANSWER_MS);
      if (time.elapsed < (fullUntil.get(connectionId) ?? 0)) return { kind: "throttled", cause: new Error("429") };
      if (!arrived.has(connectionId)) arrived.set(connectionId, time.elapsed);
      return { kind: "sent" };
    },
  };
  const post: Instance["ports"]["poster"]["post"] = async (connectionId, frame, options = {}) => {
    const { budgetMs = 5_000, run, attempts, connectedAt } = options;
    const settings = { api, turns: undefined, requestTimeoutMs: 3_000, timing };
    const recipient = { connectionId, connectedAt };
    const { kind } = await postUntilDecided(settings, new PostFrame(frame), recipient, { budgetMs, run, attempts });
    return kind as PostOutcome;
  };

  const open = async (connectionId: string, userId = connectionId) => {
    await world.open(connectionId, { userId, dialect: "native" });
    await world.say(connectionId, { action: "joinRoom", room: "hot" });
  };
  /** Before and after those who do not read, by their ids. */
  const READERS = ["a1", "a2", "z1", "z2"];
  const fill = async (count: number) => {
    for (const reader of READERS) await open(reader);
    for (let at = 0; at < count; at++) {
      await open(`m${at}`, "mallory");
      fullUntil.set(`m${at}`, Number.POSITIVE_INFINITY);
    }
  };
  /** How long the answer took, and the frame to the readers, at most. */
  const send = async (content: string): Promise<{ readonly answered: number; readonly read: number }> => {
    arrived = new Map();
    tries = new Map();
    const from = time.elapsed;
    const frame = { action: "sendMessage", to: { room: "hot" }, content };
    const asked: Promise<Answer> = instance.say("a1", frame);
    expect(await time.until(asked)).to.include({ type: "ack" });
    const times = READERS.slice(1).map((reader) => (arrived.get(reader) ?? Number.NaN) - from);
    return { answered: time.elapsed - from, read: Math.max(...times) };
  };

  it("shows a message to all others as soon as if there were none of these", async () => {
    await fill(60);
    const { answered, read } = await send("hello");
    // every connection once, eight at a time
    expect(read).to.be.at.most(ANSWER_MS * Math.ceil(64 / 8));
    expect(answered, "they were tried again, for a second").to.be.within(500, read + 1_100);
  });

  it("does not try these again with the next messages, so that no answer waits", async () => {
    await fill(60);
    await send("hello");
    const { answered, read } = await send("again");
    expect(read, "they come last").to.be.at.most(ANSWER_MS);
    expect(answered).to.be.at.most(ANSWER_MS * (1 + Math.ceil(60 / 8)));
    expect(new Set(tries.values())).to.deep.equal(new Set([1]));
  });

  it("tries them again after ever longer rests, until they read", async () => {
    await fill(1);
    const waits = async () => (await send("x")).answered > 100;
    const seen: number[] = [];
    for (let second = 0; second < 40; second++) {
      if (await waits()) seen.push(second);
      world.pass(1_000);
    }
    expect(seen).to.deep.equal([0, 5, 15, 35]);
    fullUntil.clear();
    await send("now they read");
    fullUntil.set("m0", Number.POSITIVE_INFINITY);
    expect(await waits(), "forgiven").to.equal(true);
  });

  it("reaches one that was busy for a moment, before the answer", async () => {
    await fill(0);
    fullUntil.set("z1", time.elapsed + 300);
    const { read } = await send("hello");
    expect(read).to.be.within(300, 1_000);
    expect(arrived.get("z2")).to.be.below(arrived.get("z1") ?? 0);
  });
});
