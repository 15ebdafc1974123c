import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect } from "chai";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { onFanout } from "#functions/runtime/on-fanout.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { runPumps } from "#test/support/run-pumps.ts";

/** What the specification of the format asks of a line. */
const SCHEMA = new URL("../fixtures/emf-schema.json", import.meta.url);
const context = { getRemainingTimeInMillis: () => 60_000 };

describe("a pump's run", () => {
  let world: ChatWorld;
  let lines: string[];
  let logged: string[];
  beforeEach(async () => {
    world = await openChatWorld({ directAudienceLimit: 1 });
    lines = [];
    logged = [];
    for (const member of ["a", "b", "c"]) {
      await world.open(member, { userId: member, dialect: "native" });
      await world.say(member, { action: "joinRoom", room: "general" });
    }
    await runPumps(world);
    for (const member of ["a", "b", "c"]) world.sentTo(member);
  });
  afterEach(() => world.close());

  const fanout = (ports = world.ports) =>
    onFanout(ports, {
      stage: "dev",
      write: (line) => lines.push(line),
      log: {
        info: (event) => logged.push(`info ${event}`),
        warn: (event) => logged.push(`warn ${event}`),
        error: (event) => logged.push(`error ${event}`),
      },
    });
  const order = async (content = "hi"): Promise<PumpOrder> => {
    await world.say("a", { action: "sendMessage", to: { room: "general" }, content });
    const asked = world.orders.shift();
    if (!asked) throw new Error("no pump was asked for");
    return asked;
  };

  it("is one line, of which CloudWatch makes metrics", async () => {
    const asked = await order();
    world.pass(250);
    world.make("c", "gone");
    await fanout()(asked, context);
    expect(lines).to.have.lengthOf(1);
    const { _aws, queueAgeMs, lastMemberMs, bytes, ...rest } = JSON.parse(lines[0] ?? "");
    expect(rest).to.deep.equal({
      level: "WARN",
      Stage: "dev",
      event: "pumped",
      conversation: "room:general",
      shard: 0,
      end: "done",
      audience: 3,
      entries: 1,
      posted: 1,
      gone: 1,
      throttled: 0,
      failed: 0,
      framesPerMessage: 1 / 3,
      // that c is gone
      signals: 1,
      signalFrames: 2,
    });
    expect(queueAgeMs).to.be.at.least(250);
    expect(lastMemberMs).to.be.at.least(250);
    expect(bytes).to.be.greaterThan(100);
    const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
    expect([Namespace, Dimensions]).to.deep.equal(["WebSocketApi", [["Stage"]]]);
    for (const { Name } of Metrics) expect(JSON.parse(lines[0] ?? "")[Name], Name).to.be.a("number");
    expect(_aws.Timestamp).to.be.closeTo(world.ports.clock.now(), 5_000);
  });

  it("is a line in CloudWatch's embedded metric format, with each metric there is", async () => {
    await fanout()(await order(), context);
    const [line = ""] = lines;
    const metrics = JSON.parse(line);
    const isEmf = new Ajv().compile(JSON.parse(readFileSync(SCHEMA, "utf8")));
    expect(isEmf(metrics), JSON.stringify(isEmf.errors)).to.equal(true);
    const [{ Dimensions, Metrics }] = metrics._aws.CloudWatchMetrics;
    for (const name of Dimensions.flat()) expect(metrics[name], name).to.be.a("string");
    const names = Metrics.map(({ Name }: { Name: string }) => Name);
    for (const name of names) expect(metrics[name], name).to.satisfy(Number.isFinite);
    expect(names).to.include.members(["audience", "posted", "gone", "throttled", "framesPerMessage", "bytes"]);
    expect(names).to.include.members(["queueAgeMs", "lastMemberMs"]);
  });

  it("says how many frames a message took, what they weighed, and who was throttled", async () => {
    await order("one");
    await order("two");
    const asked = await order("three");
    world.make("b", "throttled");
    await fanout()(asked, context);
    // three entries, three members: one frame for c, none for b, and a has sent all there is in it
    const { posted, throttled, entries, audience, framesPerMessage, bytes } = JSON.parse(lines[0] ?? "");
    expect({ posted, throttled, entries, audience }).to.deep.equal({
      posted: 1,
      throttled: 1,
      entries: 3,
      audience: 3,
    });
    expect(framesPerMessage).to.equal(1 / 9);
    const [frame] = world.sentTo("c");
    expect(bytes).to.equal(Buffer.byteLength(JSON.stringify(frame)));
  });

  it("that finds another at it counts nothing", async () => {
    const asked = await order();
    await world.ports.leases.take("room:general", 0, world.ports.clock.now() + 20_000);
    await fanout()(asked, context);
    expect(lines).to.deep.equal([]);
    expect(logged).to.deep.equal(["info pumped"]);
  });

  it("that fails says why, and fails the invocation, so that Lambda tries again", async () => {
    const asked = await order();
    const messages = { ...world.ports.messages, sentAfter: () => Promise.reject(new Error("no")) };
    let message = "";
    await fanout({ ...world.ports, messages })(asked, context).catch((error: Error) => {
      message = error.message;
    });
    expect(message).to.equal("no");
    expect(logged).to.deep.equal(["error pump failed"]);
    const [line = "{}", ...more] = lines;
    expect(JSON.parse(line)).to.include({ end: "failed", conversation: "room:general", posted: 0 });
    expect(more).to.deep.equal([]);
  });
});
