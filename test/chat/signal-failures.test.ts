// A pump that is busy with signals, and is killed or overtaken at any of its calls.
import { expect } from "chai";
import { pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import type { Around, Instance } from "#test/support/chat-world.ts";
import { atEveryKill, runUntilKilled } from "#test/support/killed-function.ts";
import { entriesIn, pumpRun, retried, runPumps } from "#test/support/run-pumps.ts";
import { MEMBERS, useSignalledRoom } from "#test/support/signalled-room.ts";

describe("whatever fails with signals, entries come all the same:", function () {
  this.timeout(60_000);
  const room = useSignalledRoom();
  const { type, send, toldTo, nextOrder } = room;

  const seqsSeen = new Map<string, number[]>();
  const look = () => {
    for (const member of MEMBERS.slice(1)) {
      const seqs = entriesIn(room.world.sentTo(member)).map(({ seq }) => seq);
      seqsSeen.set(member, [...(seqsSeen.get(member) ?? []), ...seqs]);
    }
  };
  const expectAll = (count: number) => {
    look();
    for (const member of MEMBERS.slice(1)) {
      let newest = 0;
      for (const seq of seqsSeen.get(member) ?? []) {
        expect(seq, `${member} got ${seqsSeen.get(member)?.join()}`).to.be.at.most(newest + 1);
        newest = Math.max(newest, seq);
      }
      expect(newest, member).to.equal(count);
    }
  };
  beforeEach(() => seqsSeen.clear());

  const runOn = (instance: Instance, order: PumpOrder) => pump(instance.ports, order, pumpRun(room.world));

  it("a pump asked for a signal is killed between any two calls, and never run again", async () => {
    let sent = 0;
    const kills = await atEveryKill(async (kill) => {
      room.world.pass(5_000);
      await type("b");
      const order = nextOrder();
      await send(`${++sent}`);
      room.world.orders.splice(0);
      const killed = await runUntilKilled(room.world, kill, (instance) => runOn(instance, order));
      room.world.orders.splice(0);
      room.world.pass(30_000);
      await send(`${++sent}`);
      await runPumps(room.world);
      expectAll(sent);
      return killed;
    });
    expect(kills, "places to be killed at").to.be.greaterThan(15);
  });

  it("a pump is killed that pushes signals alone, an entry comes, and Lambda runs the pump again", async () => {
    let sent = 0;
    await atEveryKill(async (kill) => {
      room.world.pass(5_000);
      await type("b");
      await type("c");
      const order = nextOrder();
      room.world.orders.splice(0);
      const killed = await runUntilKilled(room.world, kill, (instance) => runOn(instance, order));
      await send(`${++sent}`);
      // whoever saw the lease held has started nobody
      room.world.pass(60_000);
      await retried(room.world, order);
      await runPumps(room.world);
      expectAll(sent);
      return killed;
    });
  });

  it("an entry that is stored at any call of a pump for signals needs no other pump", async () => {
    let sent = 0;
    for (let at = 1; ; at++) {
      room.world.pass(5_000);
      await type("b");
      const order = nextOrder();
      let calls = 0;
      let isStored = false;
      const around: Around = async (_call, make) => {
        if (++calls === at) {
          isStored = true;
          await send(`${++sent}`);
        }
        return make();
      };
      await runOn(room.world.instance(around), order);
      await runPumps(room.world);
      expectAll(sent);
      if (!isStored) break;
    }
    expect(sent, "calls of a pump").to.be.greaterThan(10);
  });

  it("a signal that is noted at any call of a pump is told", async () => {
    for (let at = 1; ; at++) {
      room.world.pass(5_000);
      await send(`${at}`);
      const order = nextOrder();
      let calls = 0;
      let isNoted = false;
      const around: Around = async (_call, make) => {
        if (++calls === at) {
          isNoted = true;
          await type("b");
        }
        return make();
      };
      await runOn(room.world.instance(around), order);
      await runPumps(room.world);
      if (!isNoted) break;
      expect(toldTo("c").flat(), `noted before call ${at}`).to.include("typing u-b");
    }
  });
});
