// What the pumps promise to the others when some members of a large room are slow, gone, or sent to by functions whose clocks are wrong. In virtual
// time: a post to a slow member takes as long as a pump tries it.
import { expect } from "chai";
import { type ChatWorld, type Instance, openChatWorld } from "#test/support/chat-world.ts";
import { entriesIn } from "#test/support/run-pumps.ts";
import { NO_FAULTS, VirtualFunctions } from "#test/support/virtual-functions.ts";
import { VirtualTime } from "#test/support/virtual-time.ts";

const ROOM = "room:general";
const LIMIT = 5;

describe("in a large room", function () {
  this.timeout(60_000);
  let time: VirtualTime;
  let world: ChatWorld;
  let functions: VirtualFunctions;
  let sender: Instance;
  /** When each seq was acknowledged, and came to each member. */
  let sentAt: Map<number, number>;
  let cameAt: Map<string, Map<number, number>>;

  beforeEach(async () => {
    time = new VirtualTime();
    world = await openChatWorld({ directAudienceLimit: LIMIT, now: time.now });
    functions = new VirtualFunctions(world, time, () => 0.5);
    sender = functions.instance();
    sentAt = new Map();
    cameAt = new Map();
  });
  afterEach(() => world.close());

  const ids = (count: number) => Array.from({ length: count }, (_, at) => `m${at}`);
  const enter = async (members: readonly string[]) => {
    for (const member of members) {
      await world.open(member, { userId: `u-${member}`, dialect: "native" });
      await world.say(member, { action: "joinRoom", room: "general" });
    }
    for (const member of members) world.sentTo(member);
  };
  const send = async (content: string, instance = sender) => {
    const answer = await instance.say("m0", { action: "sendMessage", to: { room: "general" }, content, id: content });
    expect(answer).to.include({ type: "ack" });
    sentAt.set(answer?.seq as number, time.elapsed);
  };
  const look = (members: readonly string[]) => {
    for (const member of members) {
      const came = cameAt.get(member) ?? new Map<number, number>();
      cameAt.set(member, came);
      for (const { seq } of entriesIn(world.sentTo(member))) {
        if (!came.has(seq))
          expect(seq, `${member} after ${[...came.keys()].at(-1)}`).to.be.greaterThan([...came.keys()].at(-1) ?? 0);
        if (!came.has(seq)) came.set(seq, time.elapsed);
      }
    }
  };
  /** A message each half second, and a look at what has come each fifth of one. */
  const talk = async (seconds: number, members: readonly string[]) => {
    for (let tick = 0; tick < seconds * 20; tick++) {
      if (tick % 10 === 0) await send(`${sentAt.size + 1}`);
      await time.sleep(50);
      look(members);
    }
  };
  const resumed = async (member: string, after: number) => {
    const seqs: number[] = [];
    for (;;) {
      const conversations = [{ conversation: ROOM, after: seqs.at(-1) ?? after }];
      const answer = await world.say(member, { action: "resume", conversations });
      const [part] = (answer?.conversations as [{ entries: { seq: number }[]; more: boolean }] | undefined) ?? [];
      seqs.push(...(part?.entries.map(({ seq }) => seq) ?? []));
      if (!part?.more) return seqs;
    }
  };
  const longestMs = (member: string) =>
    Math.max(...[...sentAt].map(([seq, at]) => (cameAt.get(member)?.get(seq) ?? Number.POSITIVE_INFINITY) - at));

  for (const slow of [1, 10]) {
    it(`${slow} of 30 members that answer 429 for a minute hold nobody up, and catch up by resume`, async () => {
      const members = ids(30);
      const slowOnes = members.slice(-slow);
      await enter(members);
      const others = members.slice(1, -slow);
      await time.until(
        (async () => {
          await talk(3, members);
          for (const member of slowOnes) world.make(member, "throttled");
          await talk(60, members);
          for (const member of slowOnes) world.make(member, "sent");
          await talk(10, members);
          await time.sleep(3_000);
          look(members);
        })(),
      );
      const all = [...sentAt.keys()];
      for (const other of others) {
        expect([...(cameAt.get(other)?.keys() ?? [])], other).to.deep.equal(all);
        expect(longestMs(other), `the longest that ${other} waited`).to.be.lessThan(slow === 1 ? 1_500 : 3_000);
      }
      for (const member of slowOnes) {
        const came = [...(cameAt.get(member)?.keys() ?? [])];
        const after = came.findIndex((seq, at) => seq !== at + 1);
        expect(after, `${member} missed some`).to.be.greaterThan(0);
        expect(came.at(-1), "is pushed to again").to.equal(all.at(-1));
        expect(await resumed(member, after)).to.deep.equal(all.slice(after));
      }
    });
  }

  it("a slow member in each page of thousands holds up none of the pages", async () => {
    await enter(["m0"]);
    const crowd = Array.from({ length: 2_400 }, (_, at) => `x${String(at).padStart(4, "0")}`);
    const add = (connectionId: string) =>
      world.ports.memberships.add(ROOM, { connectionId, userId: connectionId, dialect: "native" });
    await Promise.all(crowd.map(add));
    const lastMemberMs = async (content: string) => {
      await time.until(send(content).then(() => time.sleep(30_000)));
      return functions.reports.at(-1)?.lastMemberMs ?? Number.NaN;
    };
    const usual = await lastMemberMs("1");
    const slow = crowd.filter((_, at) => at % 400 === 100);
    for (const member of slow) world.make(member, "throttled");
    const withSlowOnes = await lastMemberMs("2");
    expect(functions.reports.at(-1)).to.include({ throttled: slow.length, posted: crowd.length - slow.length });
    // one post's time in some of the lanes, not in each page
    expect(withSlowOnes - usual).to.be.lessThan(1_500);
    for (const member of crowd) {
      const seqs = entriesIn(world.sentTo(member)).map(({ seq }) => seq);
      expect(seqs, member).to.deep.equal(slow.includes(member) ? [1] : [1, 2]);
    }
  });

  it("half the members gone are forgotten, just these; those who are left are told and served on", async () => {
    const members = ids(8);
    await enter(members);
    const gone = members.filter((_, at) => at % 2 === 1);
    const left = members.filter((_, at) => at % 2 === 0);
    for (const member of gone) world.make(member, "gone");
    await time.until(send("1").then(() => time.sleep(2_000)));
    const rows = await world.ports.snapshots.read({ connections: members });
    expect(members.filter((member) => rows.connection(member))).to.deep.equal(left);
    const audience = await world.ports.memberships.audience(ROOM);
    expect(audience.map(({ connectionId }) => connectionId)).to.deep.equal(left);
    for (const member of gone) expect(await world.ports.memberships.ofConnection(member)).to.deep.equal([]);
    for (const member of left.slice(1)) {
      const frames = world.sentTo(member);
      expect(entriesIn(frames.filter(({ type }) => type !== "presence")).map(({ seq }) => seq)).to.deep.equal([1]);
      const presence = frames.filter(({ type }) => type === "presence");
      // of a crowd nobody is told; from the moment on that the room is small, everybody
      expect(presence.length, "told").to.be.within(LIMIT - left.length + 1, gone.length);
      expect(gone.map((one) => `u-${one}`)).to.include.members(presence.map(({ user }) => Object(user).id));
      expect(new Set(presence.map(({ event }) => event))).to.deep.equal(new Set(["leave"]));
    }
    // large again: nobody posts to those who were forgotten
    await enter(["x0", "x1"]);
    for (const member of gone) world.make(member, "sent");
    await time.until(send("2").then(() => time.sleep(2_000)));
    // who sent it is shown that x1 has come
    expect(functions.reports.at(-1)).to.include({ audience: 6, posted: 6, gone: 0 });
    for (const member of gone) expect(world.sentTo(member)).to.deep.equal([]);
  });

  describe("with clocks 5 s apart", () => {
    for (const clockAheadMs of [5_000, -5_000]) {
      const who = `the sender's ${clockAheadMs < 0 ? "behind" : "ahead"}`;
      it(`${who}, a busy room is pushed to in order and in time, by one pump at a time`, async () => {
        const members = ids(10);
        await enter(members);
        sender = functions.instance({ clockAheadMs });
        await time.until(talk(60, members).then(() => time.sleep(3_000)));
        look(members);
        for (const member of members.slice(1)) {
          expect([...(cameAt.get(member)?.keys() ?? [])], member).to.deep.equal([...sentAt.keys()]);
          expect(longestMs(member)).to.be.lessThan(1_500);
        }
        const posted = functions.reports.reduce((sum, report) => sum + report.posted, 0);
        // and to who sent it, who had come before
        expect(posted, "frames: none twice").to.be.at.most(sentAt.size * 9 + 1);
        for (const { queueAgeMs, lastMemberMs } of functions.reports) {
          expect(queueAgeMs).to.be.within(0, 6_000);
          expect(lastMemberMs).to.be.within(0, 7_000);
        }
      });

      it(`${who}, a pump that died is followed by another as soon as its lease is over for everybody`, async () => {
        const members = ids(10);
        await enter(members);
        sender = functions.instance({ clockAheadMs });
        await time.until(
          (async () => {
            functions.faults = { ...NO_FAULTS, killed: 1, lost: 1 };
            // only the pump dies: `ask` would kill the sender
            await send("1");
            await time.sleep(1_000);
            functions.faults = NO_FAULTS;
            await talk(40, members);
          })(),
        );
        // 20 s of lease, and twice what clocks may differ by
        const served = [...sentAt].filter(([, at]) => at > 31_000).map(([seq]) => seq);
        for (const member of members.slice(1)) {
          const came = cameAt.get(member) ?? new Map();
          expect([...came.keys()], member).to.include.members(served.slice(0, -4));
          for (const seq of served.slice(0, -4)) expect(came.get(seq) - (sentAt.get(seq) ?? 0)).to.be.lessThan(1_500);
        }
      });
    }
  });
});
