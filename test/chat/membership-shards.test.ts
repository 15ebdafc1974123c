// The number of shards that members are spread over changes while people are there: by a deployment, during which functions with the old and the
// new setting run side by side, and back.
import { expect } from "chai";
import { type ChatWorld, type Instance, openChatWorld } from "#test/support/chat-world.ts";
import { entriesIn, runPumps } from "#test/support/run-pumps.ts";

const ROOM = "room:general";

describe("when members are spread over another number of shards", function () {
  this.timeout(30_000);
  let world: ChatWorld;
  let one: Instance;
  let eight: Instance;
  beforeEach(async () => {
    world = await openChatWorld({ directAudienceLimit: 10 });
    one = world.instance(undefined, { shards: 1 });
    eight = world.instance(undefined, { shards: 8 });
  });
  afterEach(() => world.close());

  const ids = (prefix: string, count = 20) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
  const join = async (instance: Instance, connections: readonly string[]) => {
    for (const connectionId of connections) {
      await instance.ports.memberships.add(ROOM, { connectionId, userId: `u-${connectionId}`, dialect: "native" });
    }
  };
  const audience = async ({ ports }: Instance) =>
    (await ports.memberships.audience(ROOM)).map(({ connectionId }) => connectionId).sort();

  for (const [from, to] of [
    ["one", "eight"],
    ["eight", "one"],
  ] as const) {
    const both = () => ({ one, eight });

    it(`from ${from} to ${to}, everybody is seen by functions with either setting, each once`, async () => {
      await join(both()[from], ids("before"));
      await join(both()[to], ids("after"));
      const all = [...ids("before"), ...ids("after")].sort();
      expect(await audience(one)).to.deep.equal(all);
      expect(await audience(eight)).to.deep.equal(all);
      for (const { ports } of [one, eight]) {
        expect((await ports.memberships.atMost(ROOM, 99)).members).to.have.lengthOf(40);
      }
    });

    it(`from ${from} to ${to}, who came before is changed and removed by who came after`, async () => {
      await join(both()[from], ids("before"));
      const { memberships } = both()[to].ports;
      for (const id of ids("before")) await memberships.change(ROOM, id, { name: `name of ${id}` });
      const named = await memberships.audience(ROOM);
      for (const { connectionId, name } of named) expect(name).to.equal(`name of ${connectionId}`);
      for (const id of ids("before")) expect(await memberships.remove(ROOM, id)).to.include({ connectionId: id });
      expect(await audience(one)).to.deep.equal([]);
      expect(await audience(eight)).to.deep.equal([]);
    });

    it(`from ${from} to ${to}, who joins again is there once, and gone when gone`, async () => {
      await join(both()[from], ids("x"));
      // their caches are of a minute ago
      world.pass(61_000);
      await join(both()[to], ids("x"));
      for (const instance of [one, eight]) expect(await audience(instance)).to.deep.equal(ids("x").sort());
      for (const id of ids("x")) await both()[to].ports.memberships.remove(ROOM, id);
      for (const instance of [one, eight]) expect(await audience(instance)).to.deep.equal([]);
    });
  }

  it("a large room is pushed to in all of them, whichever setting its sender's function has", async () => {
    for (const id of ["s1", "s8"]) {
      await world.open(id, { userId: id, dialect: "native" });
    }
    await one.say("s1", { action: "joinRoom", room: "general" });
    await eight.say("s8", { action: "joinRoom", room: "general" });
    await join(one, ids("before"));
    await join(eight, ids("after"));
    for (const [instance, sender] of [
      [one, "s1"],
      [eight, "s8"],
    ] as const) {
      const ack = await instance.say(sender, { action: "sendMessage", to: { room: "general" }, content: sender });
      expect(ack).to.include({ type: "ack" });
      expect(world.orders.map(({ shard }) => shard).sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
      await runPumps(world);
    }
    for (const id of [...ids("before"), ...ids("after")]) {
      expect(entriesIn(world.sentTo(id)).map(({ seq }) => seq)).to.deep.equal([1, 2]);
    }
  });

  it("a shard that is new to a room with a long history is not pushed what was said before", async () => {
    await world.open("s1", { userId: "s1", dialect: "native" });
    await one.say("s1", { action: "joinRoom", room: "general" });
    await join(one, ids("before"));
    for (let at = 1; at <= 40; at++) {
      await one.say("s1", { action: "sendMessage", to: { room: "general" }, content: `${at}` });
      await runPumps(world);
    }
    await join(eight, ids("after"));
    await one.say("s1", { action: "sendMessage", to: { room: "general" }, content: "41" });
    await runPumps(world);
    for (const id of ids("after")) {
      const seqs = entriesIn(world.sentTo(id)).map(({ seq }) => seq);
      expect(seqs.at(-1)).to.equal(41);
      expect(seqs.length).to.be.at.most(11);
    }
  });

  it("a shard that was not used for hours is not pushed what was said meanwhile", async () => {
    const [before, now] = [ids("before"), ids("now")];
    await world.open("s1", { userId: "s1", dialect: "native" });
    await one.say("s1", { action: "joinRoom", room: "general" });
    const say = async (content: string) => {
      await one.say("s1", { action: "sendMessage", to: { room: "general" }, content });
      await runPumps(world);
    };
    await join(eight, before);
    await say("in all of eight");
    for (const id of before) await eight.ports.memberships.remove(ROOM, id);
    // the note goes with the last who can have been placed by it
    world.pass(9_200_000);
    await world.open("s1", { userId: "s1", dialect: "native" });
    await one.say("s1", { action: "joinRoom", room: "general" });
    await join(one, before);
    for (let at = 2; at <= 30; at++) await say(`${at}`);
    world.pass(8_000_000);
    for (let at = 31; at <= 40; at++) await say(`${at}`);
    await join(eight, now);
    await say("41");
    for (const id of now) {
      const seqs = entriesIn(world.sentTo(id)).map(({ seq }) => seq);
      expect(seqs.at(-1)).to.equal(41);
      expect(seqs.length, `of ${id}`).to.be.at.most(11);
    }
  });

  it("who leaves, changes or is refreshed where the new number is not known yet, does so in every place", async () => {
    // both have just looked
    await join(one, ["first"]);
    await eight.ports.memberships.remove(ROOM, "first");
    await join(eight, ids("x"));
    for (const id of ids("x")) await one.ports.memberships.change(ROOM, id, { name: `name of ${id}` });
    const named = await one.ports.memberships.audience(ROOM);
    expect(named).to.have.lengthOf(20);
    for (const { connectionId, name } of named) expect(name).to.equal(`name of ${connectionId}`);
    for (const id of ids("x")) expect(await one.ports.memberships.remove(ROOM, id)).to.include({ connectionId: id });
    expect(await audience(eight)).to.deep.equal([]);
  });

  it("the note of a number of shards nobody uses any more is forgotten after its members", async () => {
    await join(eight, ids("x", 3));
    expect((await one.ports.memberships.atMost(ROOM, 99)).shards).to.equal(8);
    world.pass(9_000_000 + 60_000);
    expect((await one.ports.memberships.atMost(ROOM, 99)).shards, "as long as a function may know it").to.equal(8);
    world.pass(120_000);
    expect(await one.ports.memberships.atMost(ROOM, 99)).to.deep.equal({ members: [], shards: 1 });
  });
});
