// Who comes and goes is told and counted rightly, wherever a function is killed: the guarantees of docs/protocol.md, each with a test that tries
// to break it.
import { expect } from "chai";
import { forgetConnection } from "#chat/forget-connection.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { atEveryKill, runUntilKilled } from "#test/support/killed-function.ts";
import { enter, ROOM, toRoom } from "#test/support/native-members.ts";

describe("guaranteed:", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  it("a join killed anywhere can be tried again, and who is gone is nowhere left", async () => {
    await enter(world, "c1", "u1");
    await atEveryKill(async (kill) => {
      const id = `j ${kill.at} ${kill.moment}`;
      await world.open(id, { userId: id, dialect: "native" });
      const join = { action: "joinRoom", room: "general" };
      const killed = await runUntilKilled(world, kill, (instance) => instance.say(id, join));
      expect(await world.say(id, join)).to.include({ type: "ack" });
      expect((await world.connection(id)).conversations).to.include(ROOM);
      await forgetConnection(world.ports, id);
      return killed;
    });
    expect(await world.ports.memberships.audience(ROOM)).to.have.lengthOf(1);
  });

  for (const shards of [1, 3]) {
    it(`coming and going killed anywhere is told to the others when it is tried again (${shards} shards)`, async () => {
      await world.close();
      world = await openChatWorld({ shards });
      await enter(world, "c1", "u1");
      const told = () => world.sentTo("c1").flatMap(({ type, event }) => (type === "presence" ? [event] : []));
      const killed = { joinRoom: true, leaveRoom: true };
      await atEveryKill(async (kill) => {
        const id = `p ${kill.at} ${kill.moment}`;
        await world.open(id, { userId: id, dialect: "native" });
        for (const [action, event] of [
          ["joinRoom", "join"],
          ["leaveRoom", "leave"],
        ] as const) {
          const frame = { action, room: "general" };
          killed[action] &&= await runUntilKilled(world, kill, (instance) => instance.say(id, frame));
          world.pass(10_000);
          expect(await world.say(id, frame)).to.include({ type: "ack" });
          const events = told();
          expect(new Set(events), `told, ${action} killed ${id}`).to.deep.equal(new Set([event]));
          expect(events.length).to.be.within(1, 2);
          expect(await world.say(id, frame)).to.include({ type: "ack" });
          expect(told(), "told for good").to.deep.equal([]);
        }
        return killed.joinRoom || killed.leaveRoom;
      });
    });
  }

  it("joining again later tells nobody, whichever instance is asked", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    world.pass(61_000);
    world.sentTo("c1");
    for (const instance of [world, world.instance()]) await instance.say("c2", { action: "joinRoom", room: "general" });
    expect(world.sentTo("c1")).to.deep.equal([]);
  });

  it("of a user's two devices the first to come tells it when it is tried again", async () => {
    await enter(world, "c1", "u1");
    await world.open("c2", { userId: "u2", dialect: "native" });
    await runUntilKilled(world, { at: 6, moment: "before" }, (instance) =>
      instance.say("c2", { action: "joinRoom", room: "general" }),
    );
    world.pass(1_000);
    await enter(world, "c3", "u2");
    world.sentTo("c1");
    await world.say("c2", { action: "joinRoom", room: "general" });
    expect(world.sentTo("c1")).to.deep.equal([
      { type: "presence", conversation: ROOM, event: "join", user: { id: "u2" } },
    ]);
  });

  it("a $disconnect killed anywhere leaves nothing behind when the next one comes, or a post finds out", async () => {
    await enter(world, "c1", "u1");
    await atEveryKill(async (kill) => {
      const id = `g ${kill.at} ${kill.moment}`;
      await enter(world, id, id);
      const killed = await runUntilKilled(world, kill, ({ ports }) => forgetConnection(ports, id));
      world.make(id, "gone");
      await world.say("c1", { action: "sendMessage", to: toRoom, content: "anyone?" });
      expect((await world.ports.memberships.audience(ROOM)).map(({ userId }) => userId)).to.deep.equal(["u1"]);
      return killed;
    });
  });

  it("a $disconnect killed anywhere is told to the others, at the latest by a post half a minute later", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    await atEveryKill(async (kill) => {
      const id = `d ${kill.at} ${kill.moment}`;
      await enter(world, id, id);
      world.sentTo("c2");
      const killed = await runUntilKilled(world, kill, ({ ports }) => forgetConnection(ports, id));
      world.make(id, "gone");
      const send = () => world.say("c1", { action: "sendMessage", to: toRoom, content: "anyone?" });
      await send();
      world.pass(31_000);
      await send();
      const left = world.sentTo("c2").filter(({ type }) => type === "presence");
      expect(left.length, `told, killed ${id}`).to.be.within(1, 2);
      for (const frame of left) expect(frame).to.deep.include({ event: "leave", user: { id } });
      world.pass(31_000);
      await send();
      expect(world.sentTo("c2").filter(({ type }) => type === "presence")).to.deep.equal([]);
      return killed;
    });
  });

  it("without $disconnect, presence and audience become right with the next message", async () => {
    await enter(world, "c1", "u1");
    await enter(world, "c2", "u2");
    await enter(world, "c3", "u3");
    for (const id of ["c1", "c2", "c3"]) world.sentTo(id);
    world.make("c2", "gone");
    await world.say("c1", { action: "sendMessage", to: toRoom, content: "hi" });
    const left = { type: "presence", conversation: ROOM, event: "leave", user: { id: "u2" } };
    expect(world.sentTo("c1")).to.deep.equal([left]);
    expect(world.sentTo("c3")).to.deep.include(left);
    expect(await world.say("c1", { action: "members", room: "general" })).to.deep.include({
      members: [{ id: "u1" }, { id: "u3" }],
    });
    // and the user's devices: nothing is posted to the dead one again
    await world.say("c1", { action: "sendMessage", to: { user: "u2" }, content: "there?" });
    expect((await world.ports.snapshots.read({ users: ["u2"] })).devices("u2")).to.deep.equal([]);
  });
});
