// What the pumps promise when functions die and members cannot be posted to: every entry that was acknowledged comes, in order or known by its
// seq for a repetition, and the room goes on.
import { expect } from "chai";
import { atEveryKill, runUntilKilled } from "#test/support/killed-function.ts";
import { useLargeRoom } from "#test/support/large-room.ts";
import { ROOM } from "#test/support/native-members.ts";
import { retried, runPumps } from "#test/support/run-pumps.ts";

describe("whatever fails, a large room", function () {
  this.timeout(60_000);
  const room = useLargeRoom();
  const { seen, send, nextOrder, runOn, look, expectAll } = room;

  it("gets everything when a pump is killed between any two calls, and Lambda runs it again", async () => {
    let sent = 0;
    const kills = await atEveryKill(async (kill) => {
      await send(`${++sent}`);
      await send(`${++sent}`);
      const order = nextOrder();
      const killed = await runUntilKilled(room.world, kill, (instance) => runOn(instance, order));
      room.world.orders.splice(0);
      room.world.pass(60_000);
      await retried(room.world, order);
      await runPumps(room.world);
      expectAll(sent);
      return killed;
    });
    expect(kills, "places to be killed at").to.be.greaterThan(15);
  });

  it("gets everything with the next message when a killed pump is never run again", async () => {
    let sent = 0;
    await atEveryKill(async (kill) => {
      await send(`${++sent}`);
      const order = nextOrder();
      const killed = await runUntilKilled(room.world, kill, (instance) => runOn(instance, order));
      room.world.orders.splice(0);
      // its lease has expired
      room.world.pass(30_000);
      await send(`${++sent}`);
      await runPumps(room.world);
      expectAll(sent);
      return killed;
    });
  });

  it("gets what a sender stored that was killed between any two calls, when it tries again", async () => {
    let sent = 0;
    const kills = await atEveryKill(async (kill) => {
      const id = `${kill.at} ${kill.moment}`;
      const killed = await runUntilKilled(room.world, kill, (instance) => send(id, instance));
      room.world.pass(1_000);
      expect(await send(id)).to.include({ type: "ack", seq: ++sent });
      await runPumps(room.world);
      expectAll(sent);
      return killed;
    });
    expect(kills, "places to be killed at").to.be.greaterThan(10);
  });

  it("is served on past members that are throttled for a minute: they wait for themselves alone", async () => {
    room.world.make("c", "throttled");
    let sent = 0;
    const tried: string[] = [];
    const instance = room.world.instance(async (call, make) => {
      tried.push(call);
      return make();
    });
    for (let second = 0; second < 60; second += 2) {
      await send(`${++sent}`);
      await runOn(instance, nextOrder());
    }
    room.world.make("c", "sent");
    await send(`${++sent}`);
    await runPumps(room.world);
    look();
    for (const member of ["b", "d", "e"]) {
      expect(seen.get(member)).to.deep.equal(Array.from({ length: 31 }, (_, at) => at + 1));
    }
    expect(seen.get("c")).to.deep.equal([31]);
  });

  it("throttled by a member in the middle of a run tries it again only after a rest", async () => {
    room.world.make("c", "throttled");
    await send("1");
    let sent = 1;
    const instance = room.world.instance(async (call, make) => {
      // somebody says something during each round, so that the run goes on
      if (call === "UpdateItemCommand" && sent < 80) await send(`${++sent}`);
      return make();
    });
    const report = await runOn(instance, nextOrder());
    expect(report).to.include({ end: "done", entries: sent });
    // 8 seconds in rounds of a tenth
    expect(report.throttled).to.equal(2);
    look();
    for (const member of ["b", "d", "e"]) expect(seen.get(member)?.at(-1)).to.equal(sent);
  });

  it("is free for the next sender at once when a pump fails", async () => {
    await send("1");
    const order = nextOrder();
    const instance = room.world.instance(async (call, make) => {
      if (call === "QueryCommand") throw new Error("no");
      return make();
    });
    await runOn(instance, order).catch(() => {});
    await send("2");
    expect(room.world.orders).to.have.lengthOf(1);
    await runPumps(room.world);
    expectAll(2);
  });

  it("is not stopped by a member that cannot be forgotten", async () => {
    room.world.make("c", "gone");
    await send("1");
    const order = nextOrder();
    const instance = room.world.instance(async (call, make) => {
      if (call === "DeleteItemCommand") throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
      return make();
    });
    expect((await runOn(instance, order)).end).to.equal("done");
    await send("2");
    await runPumps(room.world);
    look();
    for (const member of ["b", "d", "e"]) expect(seen.get(member)).to.deep.equal([1, 2]);
    expect((await room.world.ports.memberships.audience(ROOM)).map(({ connectionId }) => connectionId)).not.to.include(
      "c",
    );
  });
});
