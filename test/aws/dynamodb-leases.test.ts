import { expect } from "chai";
import type { Lease } from "#chat/pump-ports.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

const ROOM = "room:general";

describe("the lease store", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  const inMs = (ms: number) => world.ports.clock.now() + ms;
  const take = (shard = 0, ms = 20_000) => world.ports.leases.take(ROOM, shard, inMs(ms));
  const taken = async (shard = 0): Promise<Lease> => {
    const lease = await take(shard);
    if (!lease) throw new Error("it is held");
    return lease;
  };

  it("gives a shard's lease to one, and every shard has its own", async () => {
    expect(await take()).to.deep.equal({ conversation: ROOM, shard: 0, fence: 1, progress: {} });
    expect(await take()).to.equal(undefined);
    expect(await take(1)).to.include({ shard: 1, fence: 1 });
  });

  it("gives it to one of many that ask at the same time", async () => {
    const leases = await Promise.all(Array.from({ length: 20 }, () => take()));
    expect(leases.filter((lease) => lease !== undefined)).to.have.lengthOf(1);
  });

  it("gives it away when it has expired, and by more than clocks may be apart", async () => {
    await taken();
    world.pass(24_000);
    expect(await take()).to.equal(undefined);
    world.pass(1_001);
    expect(await take()).to.include({ fence: 2 });
  });

  it("takes notes only from who has it", async () => {
    const first = await taken();
    expect(await world.ports.leases.keep(first, { pushed: 5 }, inMs(20_000))).to.equal(true);
    world.pass(26_000);
    const second = await taken();
    expect(second).to.deep.include({ fence: 2, progress: { pushed: 5 } });
    expect(await world.ports.leases.keep(first, { pushed: 9 }, inMs(20_000))).to.equal(false);
    expect(await world.ports.leases.free(first, { pushed: 9 })).to.equal(false);
    const progress = { pushed: 6, underWay: { through: 8, member: "m" } };
    expect(await world.ports.leases.free(second, progress)).to.equal(true);
    expect(await taken()).to.deep.include({ fence: 3, progress });
  });

  it("the fence goes up with every lease, and what was pushed stays known for ever", async () => {
    for (let fence = 1; fence <= 5; fence++) {
      const lease = await taken();
      expect(lease.fence).to.equal(fence);
      await world.ports.leases.free(lease, { pushed: fence * 10 });
      world.pass(365 * 86_400_000);
    }
    expect(await taken()).to.deep.include({ progress: { pushed: 50 } });
  });

  it("says which shards are held, and not of one that may be over by another's clock", async () => {
    await taken(0);
    const lease = await taken(2);
    await taken(99);
    expect(await world.ports.leases.held(ROOM, 100)).to.deep.equal(new Set([0, 2, 99]));
    await world.ports.leases.free(lease, {});
    expect(await world.ports.leases.held(ROOM, 100)).to.deep.equal(new Set([0, 99]));
    world.pass(14_000);
    expect(await world.ports.leases.held(ROOM, 100)).to.deep.equal(new Set([0, 99]));
    world.pass(1_001);
    expect(await world.ports.leases.held(ROOM, 100)).to.deep.equal(new Set());
  });

  it("gives it to who asks once more because the answer was lost, as the SDK does", async () => {
    const twice = world.instance(async (call, make) => {
      if (call === "UpdateItemCommand") await make();
      return make();
    });
    const lease = await twice.ports.leases.take(ROOM, 0, inMs(20_000));
    if (!lease) throw new Error("it is held");
    expect(await twice.ports.leases.keep(lease, { pushed: 1 }, inMs(20_000))).to.equal(true);
    expect(await twice.ports.leases.free(lease, { pushed: 1 })).to.equal(true);
    expect(await taken()).to.deep.include({ progress: { pushed: 1 } });
  });
});
