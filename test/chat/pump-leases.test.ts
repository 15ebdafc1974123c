// One pump at a time pushes to a shard, whatever the order of calls, the clocks and the lease store: what no other does comes all the same.
import { expect } from "chai";
import type { PumpOrder } from "#chat/pump-ports.ts";
import type { Around, Instance } from "#test/support/chat-world.ts";
import { OTHERS, useLargeRoom } from "#test/support/large-room.ts";
import { runPump, runPumps } from "#test/support/run-pumps.ts";

describe("whatever fails, a large room", function () {
  this.timeout(60_000);
  const room = useLargeRoom();
  const { seen, send, nextOrder, runOn, look, expectAll } = room;

  it("is pushed to by one of two pumps that run side by side, whatever the order of their calls", async () => {
    for (let run = 1; run <= 10; run++) {
      await send(`${run}`);
      const order = nextOrder();
      const jittered = () =>
        room.world.instance(async (_call, make) => {
          for (let turns = Math.floor(Math.random() * 4); turns > 0; turns--) await new Promise(setImmediate);
          return make();
        });
      await Promise.all([runOn(jittered(), order), runOn(jittered(), order)]);
      look();
    }
    for (const member of OTHERS) expect(seen.get(member)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  describe("is not posted to by a pump that has lost its lease", () => {
    /** A pump that stands still at its first post; the time passes, another pump takes over, and it goes on. */
    async function overtaken({
      clockAheadMs = 0,
      keeps = true,
    } = {}): Promise<{ readonly afterwards: number; readonly end: string }> {
      for (const id of ["1", "2", "3"]) await send(id);
      const order = nextOrder();
      let goOn: () => void = () => {};
      let standing: () => void = () => {};
      const still = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const isStanding = new Promise<void>((resolve) => {
        standing = resolve;
      });
      let afterwards = 0;
      let posts = 0;
      let isOver = false;
      const around: Around = async (call, make) => {
        if (call === "Post" && ++posts > 1 && isOver) afterwards++;
        if (call === "UpdateItemCommand" && posts > 0 && !keeps) throw new Error("no answer");
        if (call !== "Post" || posts > 1) return make();
        standing();
        await still;
        return make();
      };
      const slow = room.world.instance(around, { clockAheadMs });
      const alone = { ...slow, ports: { ...slow.ports, postConcurrency: 1 } };
      const first = runOn(alone, order);
      await isStanding;
      room.world.pass(40_000);
      expect((await runPump(room.world, order)).end).to.equal("done");
      isOver = true;
      goOn();
      const end = await first.then(
        (report) => report.end,
        (error: Error) => error.message,
      );
      return { end, afterwards };
    }

    it("after it stood still for a while", async () => {
      expect(await overtaken()).to.deep.equal({ end: "lost", afterwards: 0 });
      expectAll(3);
    });

    it("even when nobody can tell it", async () => {
      expect(await overtaken({ keeps: false })).to.deep.equal({
        end: "The lease of room:general, shard 0, could not be kept.",
        afterwards: 0,
      });
      expectAll(3);
    });

    for (const clockAheadMs of [-5_000, 5_000]) {
      it(`with a clock ${Math.abs(clockAheadMs) / 1000} s ${clockAheadMs < 0 ? "behind" : "ahead"}`, async () => {
        expect(await overtaken({ clockAheadMs })).to.deep.equal({ end: "lost", afterwards: 0 });
        expectAll(3);
      });
    }
  });

  for (const clockAheadMs of [-5_000, 5_000]) {
    it(`leaves the lease to who has it, by a clock ${clockAheadMs / 1000} s ahead`, async () => {
      await send("1");
      const order = nextOrder();
      const ends: string[] = [];
      const other = room.world.instance(undefined, { clockAheadMs });
      let isFirst = true;
      const instance = room.world.instance(async (call, make) => {
        if (call === "Post" && isFirst) {
          isFirst = false;
          ends.push((await runOn(other, order)).end);
          // its holder may still post for a second
          room.world.pass(16_000);
          ends.push((await runOn(other, order)).end);
        }
        return make();
      });
      ends.push((await runOn(instance, order)).end);
      expect(ends).to.deep.equal(["held", "held", "done"]);
      expectAll(1);
    });
  }

  describe("with a lease store that is throttled", () => {
    const throttled = (during: (count: number) => boolean): Instance => {
      let updates = 0;
      return room.world.instance(async (call, make) => {
        if (call === "UpdateItemCommand" && during(++updates)) {
          throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
        }
        return make();
      });
    };

    it("is pushed to when Lambda tries again, if no lease could be had", async () => {
      await send("1");
      const order = nextOrder();
      const failure = await runOn(
        throttled(() => true),
        order,
      ).catch((error: Error) => error.name);
      expect(failure).to.equal("ThrottlingException");
      room.world.pass(60_000);
      await runPump(room.world, order);
      expectAll(1);
    });

    it("is pushed to on while the lease is sure, and the lease is given back in the end", async () => {
      await send("1");
      await send("2");
      const [order] = room.world.orders.splice(0);
      const instance = throttled((count) => count === 2);
      expect((await runOn(instance, order as PumpOrder)).end).to.equal("done");
      expectAll(2);
      await send("3");
      expect(room.world.orders, "the lease is free").to.have.lengthOf(1);
    });

    it("gets what could not be noted once more, and sees it by the seq", async () => {
      await send("1");
      const order = nextOrder();
      const failure = await runOn(
        throttled((count) => count > 1),
        order,
      ).catch((error: Error) => error.name);
      expect(failure).to.equal("ThrottlingException");
      room.world.pass(60_000);
      await runPump(room.world, order);
      expectAll(1);
      expect(seen.get("b")).to.deep.equal([1, 1]);
    });

    it("answers a sender that it may try again, and the second try is enough", async () => {
      const instance = room.world.instance(async (call, make) => {
        if (call === "BatchGetItemCommand" && ++batches === 2) {
          throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
        }
        return make();
      });
      let batches = 0;
      expect(await send("1", instance)).to.include({ type: "error", code: "unavailable", retryable: true });
      expect(room.world.orders).to.deep.equal([]);
      expect(await send("1")).to.include({ type: "ack", seq: 1 });
      await runPumps(room.world);
      expectAll(1);
    });
  });
});
