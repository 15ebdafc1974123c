// What is sent is stored once and shown, wherever its function is killed: the guarantees of docs/protocol.md, each with a test that tries to
// break it.
import { expect } from "chai";
import type { Ack, Entry } from "#protocol/messages.ts";
import { type Answer, type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { atEveryKill, runUntilKilled } from "#test/support/killed-function.ts";
import { enter, ROOM, toRoom } from "#test/support/native-members.ts";
import { entriesIn, runPumps } from "#test/support/run-pumps.ts";
import { expectGapFree, stored } from "#test/support/stored-entries.ts";

describe("guaranteed:", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  describe("killed between any two calls, a send", () => {
    for (const [name, to, conversation] of [
      ["to a room", toRoom, ROOM],
      ["to a user", { user: "u2" }, "direct:u1#u2"],
    ] as const) {
      it(`${name} is stored once when it is tried again, under one seq, and no seq is left out`, async () => {
        await enter(world, "c1", "u1");
        await enter(world, "c2", "u2");
        const acks: Answer[] = [];
        const send = (connectionId: string, id: string) => ({
          action: "sendMessage",
          to: connectionId === "c2" && conversation !== ROOM ? { user: "u1" } : to,
          content: `content of ${id}`,
          id,
        });
        const kills = await atEveryKill(async (kill) => {
          const id = `${kill.at} ${kill.moment}`;
          const killed = await runUntilKilled(world, kill, async (instance) => {
            acks.push(await instance.say("c1", send("c1", id)));
          });
          // somebody else goes on in between
          acks.push(await world.say("c2", send("c2", `after ${id}`)));
          const first = await world.say("c1", send("c1", id));
          expect(await world.say("c1", send("c1", id))).to.deep.equal(first);
          acks.push(first);
          return killed;
        });
        expect(kills, "places to be killed at").to.be.greaterThan(10);
        const entries = await stored(world, conversation);
        expectGapFree(entries);
        expect(new Set(entries.map(({ id }) => id)).size).to.equal(entries.length);
        for (const ack of acks) {
          const { seq, id } = ack as unknown as Entry;
          expect(entries[seq - 1], `acknowledged ${id}`).to.include({ id });
        }
      });
    }

    it("is found by who comes back, whether it was pushed or not", async () => {
      await enter(world, "c1", "u1");
      await enter(world, "c2", "u2");
      await atEveryKill(async (kill) => {
        world.sentTo("c2");
        const after = await world.ports.messages.lastSeq(ROOM);
        const frame = { action: "sendMessage", to: toRoom, content: "hi", id: `${kill.at} ${kill.moment}` };
        const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", frame));
        const pushed = world.sentTo("c2").map(({ seq }) => seq);
        const resumed = await world.say("c2", { action: "resume", conversations: [{ conversation: ROOM, after }] });
        const [{ entries, recovered }] = (resumed as { conversations: [{ entries: Entry[]; recovered: boolean }] })
          .conversations;
        expect(recovered).to.equal(true);
        // what was pushed is stored: never the other way round
        expect(entries.map(({ seq }) => seq)).to.include.members(pushed as number[]);
        return killed;
      });
    });
  });

  it("a send to a small room killed anywhere is shown when it is tried again, if it was not before", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    let seq = 0;
    let shownByRetries = 0;
    await atEveryKill(async (kill) => {
      const id = `${kill.at} ${kill.moment}`;
      const send = { action: "sendMessage", to: toRoom, content: id, id };
      world.sentTo("c2");
      const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", send));
      const before = world.sentTo("c2");
      world.pass(2_500);
      expect(await world.say("c1", send)).to.include({ type: "ack", seq: ++seq });
      const after = world.sentTo("c2");
      if (killed && before.length === 0) shownByRetries++;
      expect(after.length === 1 || before.length === 1, `shown, killed ${id}`).to.equal(true);
      for (const frame of [...before, ...after]) expect(frame).to.include({ type: "message", seq, content: id });
      expect(await world.say("c1", send)).to.include({ seq });
      expect(world.sentTo("c2"), "shown for good").to.deep.equal([]);
      return killed;
    });
    expect(shownByRetries).to.be.greaterThan(5);
  });

  for (const [where, to, conversation] of [
    ["to a room", toRoom, ROOM],
    ["to a user", { user: "u2" }, "direct:u1#u2"],
    ["to everybody", { everyone: true }, "lobby"],
  ] as const) {
    for (const afterMs of [0, 500, 12_000]) {
      it(`a send ${where} killed anywhere and tried again ${afterMs} ms later is shown to who is here, and found by who comes back`, async () => {
        await enter(world, "c1", "u1");
        await enter(world, "c2", "u2");
        let seq = 0;
        await atEveryKill(async (kill) => {
          const id = `${kill.at} ${kill.moment}`;
          const send = { action: "sendMessage", to, content: id, id };
          world.sentTo("c2");
          const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", send));
          world.pass(afterMs);
          expect(await world.say("c1", send)).to.include({ type: "ack", seq: ++seq });
          const shown = world.sentTo("c2").filter(({ type }) => type === "message");
          expect(shown.length, `shown, killed ${id}`).to.be.within(1, 2);
          for (const frame of shown) expect(frame).to.include({ conversation, seq, content: id });
          const { conversations } = (await world.say("c2", { action: "conversations" })) as Ack<"conversations">;
          expect(conversations, `listed, killed ${id}`).to.deep.include({ conversation, seq });
          expect(await world.say("c1", send)).to.include({ seq });
          expect(world.sentTo("c2"), "shown for good").to.deep.equal([]);
          return killed;
        });
      });
    }
  }

  it("a send to a large room killed anywhere and tried again is pushed by the pumps, and found by who comes back", async () => {
    await world.close();
    world = await openChatWorld({ directAudienceLimit: 1 });
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    let seq = 0;
    await atEveryKill(async (kill) => {
      const id = `${kill.at} ${kill.moment}`;
      const send = { action: "sendMessage", to: toRoom, content: id, id };
      await runPumps(world);
      world.sentTo("c2");
      const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", send));
      expect(await world.say("c1", send)).to.include({ type: "ack", seq: ++seq });
      const { conversations } = (await world.say("c2", { action: "conversations" })) as Ack<"conversations">;
      expect(conversations, `listed, killed ${id}`).to.deep.include({ conversation: ROOM, seq });
      await runPumps(world);
      expect(entriesIn(world.sentTo("c2")).map((entry) => entry.seq)).to.deep.equal([seq]);
      return killed;
    });
  });

  it("a send killed while its pushes are under way is shown when it is tried again", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    for (const to of [toRoom, { user: "u2" }, { everyone: true }]) {
      world.sentTo("c2");
      const send = { action: "sendMessage", to, content: "under way", id: "m1" };
      const pushing = new Promise<void>((resolve) => {
        const stuck = world.instance(async (call, make) => {
          if (call !== "Post") return make();
          resolve();
          return new Promise(() => {});
        });
        void stuck.say("c1", send);
      });
      await pushing;
      // whatever it does beside is done
      for (let times = 0; times < 20; times++) await world.say("c2", { action: "members", room: "general" });
      world.pass(12_000);
      await world.say("c1", send);
      expect(world.sentTo("c2"), JSON.stringify(to)).to.have.lengthOf(1);
    }
  });

  it("a send that was shown but slow to say so is shown once when it is tried again meanwhile", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    for (const to of [toRoom, { user: "u2" }]) {
      world.sentTo("c2");
      const send = { action: "sendMessage", to, content: "once", id: "once" };
      let repeated: Promise<unknown> | undefined;
      const slow = world.instance(async (call, make) => {
        const answer = await make();
        // the other run has looked for some time when this one goes on
        if (call === "Post") repeated = world.say("c1", send);
        return answer;
      });
      const first = await slow.say("c1", send);
      expect(await repeated).to.deep.equal(first);
      expect(world.sentTo("c2")).to.have.lengthOf(1);
    }
  });

  it("a send makes five calls, four of them before it is shown", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    const calls: string[] = [];
    const counted = world.instance((call, make) => {
      calls.push(call);
      return make();
    });
    // from now on the instance knows whose connection it is
    await counted.say("c1", { action: "ping" });
    calls.length = 0;
    await counted.say("c1", { action: "sendMessage", to: toRoom, content: "hi", id: "m1" });
    expect(calls.indexOf("Post"), calls.join()).to.equal(4);
    expect(calls.filter((call) => call !== "Post")).to.have.lengthOf(5);
  });

  it("a message tried again while it is being shown, or after that, is shown once", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    world.sentTo("c2");
    const send = { action: "sendMessage", to: toRoom, content: "once", id: "once" };
    await Promise.all([1, 2, 3].map(() => world.instance().say("c1", send)));
    world.pass(60_000);
    await world.say("c1", send);
    expect(world.sentTo("c2")).to.have.lengthOf(1);
  });

  it("an edit or deletion killed anywhere is complete when it is tried again", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    let at = 0;
    await atEveryKill(async (kill) => {
      at += 1;
      const { seq } = (await world.say("c1", {
        action: "sendMessage",
        to: toRoom,
        content: "old",
      })) as unknown as Entry;
      const edit = { action: "editMessage", conversation: ROOM, of: seq, content: "new", id: `e${at}` };
      const killed = await runUntilKilled(world, kill, (instance) => instance.say("c1", edit));
      expect(await world.say("c1", edit)).to.include({ type: "ack" });
      expect(await world.ports.messages.entry(ROOM, seq)).to.include({ content: "new" });
      const deletion = { action: "deleteMessage", conversation: ROOM, of: seq, id: `d${at}` };
      const killedToo = await runUntilKilled(world, kill, (instance) => instance.say("c1", deletion));
      expect(await world.say("c1", deletion)).to.include({ type: "ack" });
      expect(await world.ports.messages.entry(ROOM, seq))
        .to.include({ content: "" })
        .and.to.have.property("deletedAt");
      return killed || killedToo;
    });
    expectGapFree(await stored(world, ROOM));
  });
});
