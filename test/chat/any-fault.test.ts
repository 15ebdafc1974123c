// A large room with everything that can go wrong at once: functions are killed at any call, events are run twice, the store is throttled, members
// are slow or gone without a word, clocks differ by 5 s, and the number of shards changes – while people come, speak, type, join again and leave.
// What holds in the end holds for every member: nothing acknowledged is missing after resume, what comes twice is known by its seq and
// in order, and the room goes on.
import { expect } from "chai";
import fc from "fast-check";
import { seededRandom } from "#local/chaos/chaos.ts";
import { type ChatWorld, type Instance, openChatWorld } from "#test/support/chat-world.ts";
import { RoomMember } from "#test/support/room-member.ts";
import { NO_FAULTS, VirtualFunctions } from "#test/support/virtual-functions.ts";
import { VirtualTime } from "#test/support/virtual-time.ts";

const ROOM = "room:general";
const FAULTS = { killed: 0.25, twice: 0.1, lost: 0.3, throttled: 0.03, stalled: 0.004 };
const PEOPLE = 7;
const STEPS = 12;
const SHARDS = [1, 2, 3, 5];
/** As long as a lease, two retries and the pumps that they start take. */
const RECOVERY_MS = 300_000;
/** A sender's store calls, an event's delivery, a round of posts. */
const PROMPT_MS = 2_000;

class Storm {
  readonly #world: ChatWorld;
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #functions: VirtualFunctions;
  readonly #aheadMs: number;
  readonly members: readonly RoomMember[];
  #deployed: { shards: number; instance: Instance }[] = [];
  #messages = 0;

  constructor(world: ChatWorld, time: VirtualTime, seed: number) {
    this.#world = world;
    this.#time = time;
    this.#random = seededRandom(seed);
    this.#functions = new VirtualFunctions(world, time, this.#random);
    // between any two clocks
    this.#aheadMs = this.#pick([-5_000, 5_000]);
    this.#functions.pumpSettings = () => ({ shards: this.#newest.shards, clockAheadMs: this.#skew() });
    this.deploy();
    const ask = (connectionId: string, frame: object) => {
      const { shards, instance } = this.#random() < 0.8 ? this.#newest : this.#pick(this.#deployed);
      return this.#functions.ask(instance, { shards, clockAheadMs: this.#skew() }, connectionId, frame);
    };
    this.members = Array.from({ length: PEOPLE }, (_, at) => new RoomMember(world, time, `u${at}`, ask));
  }

  get #newest() {
    return this.#deployed.at(-1) as { shards: number; instance: Instance };
  }

  #pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }

  #skew(): number {
    return this.#random() < 0.5 ? 0 : this.#aheadMs;
  }

  /** The functions before the last ones are no more. */
  deploy(): void {
    const shards = this.#pick(SHARDS);
    const instance = this.#functions.instance({ shards, clockAheadMs: this.#skew() });
    this.#deployed = [...this.#deployed.slice(-1), { shards, instance }];
  }

  async blow(): Promise<void> {
    // nobody learns by resume that a room was never pushed to
    await Promise.all(this.members.map((member) => member.come()));
    this.#functions.faults = FAULTS;
    await Promise.all([...this.members.map((member) => this.#live(member)), this.#deployments()]);
    this.#functions.faults = NO_FAULTS;
    for (const member of this.members) this.#mend(member);
  }

  async #deployments(): Promise<void> {
    for (let times = 0; times < 4; times++) {
      await this.#time.sleep(20_000 * this.#random());
      this.deploy();
    }
  }

  async #live(member: RoomMember): Promise<void> {
    for (let steps = 0; steps < STEPS; steps++) {
      await this.#time.sleep(this.#pick([10, 100, 3_000, 10_000]) * this.#random());
      await this.#step(member);
      member.read();
    }
  }

  async #step(member: RoomMember): Promise<void> {
    const dice = this.#random();
    if (!member.connectionId) await member.come();
    else if (!member.isJoined) await member.join();
    else if (dice < 0.1) await member.signal();
    else if (dice < 0.55) await this.#say(member);
    else if (dice < 0.65) this.#world.make(member.connectionId, this.#pick(["throttled", "failed"] as const));
    else if (dice < 0.75) this.#mend(member);
    else if (dice < 0.85) await member.join();
    else if (dice < 0.95) await this.#leave(member);
    else member.vanish();
  }

  async #leave(member: RoomMember): Promise<void> {
    const { connectionId } = member;
    await member.leave();
    const audience = await this.#time.call(() => this.#world.ports.memberships.audience(ROOM));
    expect(audience.map((one) => one.connectionId)).not.to.include(connectionId);
  }

  #mend({ connectionId }: RoomMember): void {
    if (connectionId) this.#world.make(connectionId, "sent");
  }

  /** All is well again, and time has passed: the room is as if nothing had been. */
  async calm(): Promise<void> {
    await this.#time.sleep(RECOVERY_MS);
    expect(this.#functions.areIdle, "no event waits for ever").to.equal(true);
    const [leaving, ...staying] = this.members;
    for (const member of this.members) await (member.connectionId ? member.join() : member.come());
    await leaving?.leave();
    leaving?.read();
    await this.#isShown(staying, () => Promise.all(staying.map((member) => this.#chat(member))));
    // just when the pump for the first one is about to end
    const [ann, bob] = staying as [RoomMember, RoomMember];
    for (let times = 0; times < 10; times++) {
      await this.#isShown(staying, async () => {
        await this.#say(ann);
        await this.#time.sleep(50 + 200 * this.#random());
        await this.#say(bob);
      });
    }
    expect(leaving?.read(), "pushed to who has left").to.deep.equal([]);
  }

  /** What is said comes to all of the members in time, and nobody has to ask for it. */
  async #isShown(members: readonly RoomMember[], say: () => Promise<unknown>): Promise<void> {
    const before = this.#messages;
    await say();
    await this.#time.sleep(PROMPT_MS);
    const said = Array.from({ length: this.#messages - before }, (_, at) => `m${before + at + 1}`);
    for (const member of members) {
      member.read();
      expect([...member.got.values()], `shown to ${member.userId}`).to.include.members(said);
    }
  }

  async #chat(member: RoomMember): Promise<void> {
    for (let times = 0; times < 4; times++) {
      await this.#time.sleep(600 * this.#random());
      await this.#say(member);
    }
  }

  #say(member: RoomMember): Promise<void> {
    return member.say(`m${++this.#messages}`);
  }

  async judge(): Promise<void> {
    const { messages, memberships } = this.#world.ports;
    const stored = await this.#time.call(() => messages.sentAfter(ROOM, 0, 1_000));
    const entries = stored.map(({ entry }) => entry);
    expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, at) => at + 1));
    const contents = entries.map((entry) => ("content" in entry ? entry.content : ""));
    expect(new Set(contents).size, "each message once").to.equal(contents.length);
    for (const member of this.members) {
      if (!member.isJoined) await member.join();
      await member.resume();
      for (const [content, seq] of member.acknowledged) expect(contents[seq - 1]).to.equal(content);
      for (const [seq, content] of member.got) expect(contents[seq - 1]).to.equal(content);
      const all = contents.map((_, at) => at + 1).slice(member.joinedAt);
      expect(
        all.filter((seq) => !member.got.has(seq)),
        `missing for ${member.userId}`,
      ).to.deep.equal([]);
    }
    const audience = await this.#time.call(() => memberships.audience(ROOM));
    expect(audience.map(({ connectionId }) => connectionId).sort()).to.deep.equal(
      this.members.map(({ connectionId }) => connectionId).sort(),
    );
  }
}

describe("whatever fails at the same time", function () {
  this.timeout(240_000);

  it("a large room loses nothing, keeps its order and goes on", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const time = new VirtualTime();
        const world = await openChatWorld({ directAudienceLimit: 1, now: time.now, wait: (ms) => time.sleep(ms) });
        try {
          const storm = new Storm(world, time, seed);
          await time.until(storm.blow());
          await time.until(storm.calm());
          await time.until(storm.judge());
        } finally {
          await world.close();
        }
      }),
      // the order of calls depends on the seed alone
      { numRuns: 8, endOnFailure: true },
    );
  });
});
