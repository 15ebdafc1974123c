// Where two things happen at once: people come, go and speak at the same moment.
import { expect } from "chai";
import { forgetConnection } from "#chat/forget-connection.ts";
import type { Ack } from "#protocol/messages.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { join, openNative, ROOM } from "#test/support/native-members.ts";

describe("at the edges", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  describe("who comes and goes at the same time", () => {
    it("sees everybody, by the answer and what is pushed together", async () => {
      const people = Array.from({ length: 12 }, (_, at) => `p${String(at).padStart(2, "0")}`);
      for (const id of people) await openNative(world, id);
      const acks = (await Promise.all(people.map((id) => join(world, id)))) as unknown as Ack<"joinRoom">[];
      people.forEach((id, at) => {
        const seen = new Set(acks[at]?.members.map((member) => member.id));
        for (const frame of world.sentTo(id)) if (frame.event === "join") seen.add((frame.user as { id: string }).id);
        expect([...seen].sort(), id).to.deep.equal(people);
      });
    });

    it("with two tabs, is told of at least once, and stays while one tab does", async () => {
      await openNative(world, "watcher");
      await join(world, "watcher");
      for (let run = 0; run < 10; run++) {
        const tabs = [`a${run}`, `b${run}`];
        for (const tab of tabs) await openNative(world, tab, `user ${run}`);
        world.sentTo("watcher");
        await Promise.all(tabs.map((tab) => join(world, tab)));
        const told = world.sentTo("watcher").filter(({ event }) => event === "join");
        expect(told, `run ${run}`).to.have.lengthOf.within(1, 2);
        await Promise.all([
          world.say(tabs[0] ?? "", { action: "leaveRoom", room: "general" }),
          world.say(tabs[1] ?? "", { action: "typing", to: { room: "general" } }),
        ]);
        expect(world.sentTo("watcher").filter(({ event }) => event === "leave")).to.deep.equal([]);
      }
    });

    it("with a second tab right after the first, is told of once, whatever their ids", async () => {
      await openNative(world, "watcher");
      await join(world, "watcher");
      for (const tab of ["z", "a"]) {
        await openNative(world, tab, "somebody");
        await join(world, tab);
        world.pass(5);
      }
      expect(world.sentTo("watcher").filter(({ event }) => event === "join")).to.have.lengthOf(1);
    });

    it("leaving and joining at the same moment, is in the room or is not, for everybody", async () => {
      await openNative(world, "watcher");
      await join(world, "watcher");
      for (let run = 0; run < 25; run++) {
        const id = `c${run}`;
        await openNative(world, id);
        await join(world, id);
        await Promise.all([world.say(id, { action: "leaveRoom", room: "general" }), join(world, id)]);
        const listed = (await world.ports.memberships.audience(ROOM)).some(({ connectionId }) => connectionId === id);
        expect(listed, `run ${run}`).to.equal((await world.connection(id)).conversations.includes(ROOM));
      }
    });

    for (const [slow, quick] of [
      ["leaveRoom", "joinRoom"],
      ["joinRoom", "leaveRoom"],
    ] as const) {
      it(`is in the room or is not, whenever a ${quick} comes during a ${slow}`, async () => {
        await openNative(world, "watcher");
        await join(world, "watcher");
        let calls = Number.POSITIVE_INFINITY;
        for (let at = 1; at <= calls; at++) {
          const id = `${slow} ${at}`;
          await openNative(world, id);
          if (slow === "leaveRoom") await join(world, id);
          world.sentTo("watcher");
          calls = 0;
          const interrupted = world.instance(async (_call, make) => {
            if (++calls === at) await world.instance().say(id, { action: quick, room: "general" });
            return make();
          });
          await interrupted.say(id, { action: slow, room: "general" });
          const listed = (await world.ports.memberships.audience(ROOM)).some(({ connectionId }) => connectionId === id);
          expect(listed, id).to.equal((await world.connection(id)).conversations.includes(ROOM));
          const last = world.sentTo("watcher").findLast(({ type }) => type === "presence");
          if (slow === "leaveRoom") expect(last?.event ?? "join", id).to.equal(listed ? "join" : "leave");
          await forgetConnection(world.ports, id);
        }
        expect(calls).to.be.greaterThan(5);
      });
    }

    it("one tab leaving while another joins, the last word is that the user is there", async () => {
      await openNative(world, "watcher");
      await join(world, "watcher");
      for (let run = 0; run < 20; run++) {
        await openNative(world, `a${run}`, `user ${run}`);
        await openNative(world, `b${run}`, `user ${run}`);
        await join(world, `a${run}`);
        world.sentTo("watcher");
        await Promise.all([world.say(`a${run}`, { action: "leaveRoom", room: "general" }), join(world, `b${run}`)]);
        const last = world.sentTo("watcher").at(-1);
        expect(last === undefined || last.event === "join", `run ${run}: ${JSON.stringify(last)}`).to.equal(true);
      }
    });
  });

  it("a connection that is only being made is not taken for one that is gone", async () => {
    await openNative(world, "speaker");
    await openNative(world, "newborn");
    world.make("newborn", "gone");
    await world.say("speaker", { action: "sendMessage", to: { everyone: true }, content: "hi" });
    await world.say("speaker", { action: "sendMessage", to: { user: "newborn" }, content: "hi" });
    expect(await world.say("newborn", { action: "whoami" })).to.include({ type: "ack" });
    world.pass(11_000);
    await world.say("speaker", { action: "sendMessage", to: { everyone: true }, content: "still there?" });
    expect(await world.say("newborn", { action: "whoami" })).to.include({ code: "not_connected" });
  });

  it("a joiner misses nothing that is said while they join", async () => {
    await openNative(world, "c1");
    await join(world, "c1");
    for (let run = 0; run < 15; run++) {
      const joiner = `j${run}`;
      await openNative(world, joiner);
      const [, ack] = await Promise.all([
        world.say("c1", { action: "sendMessage", to: { room: "general" }, content: `m${run}` }),
        join(world, joiner),
      ]);
      const { seq } = ack as unknown as Ack<"joinRoom">;
      const pushed = world.sentTo(joiner).flatMap((frame) => (frame.type === "message" ? [frame.seq as number] : []));
      const last = await world.ports.messages.lastSeq(ROOM);
      expect(
        seq === last || pushed.includes(last),
        `run ${run}: joined at ${seq}, pushed ${pushed}, last ${last}`,
      ).to.equal(true);
    }
  });
});
