// What rooms let whom, where a stage has rules and tokens say who is a member – also when either changes while somebody is there.
import { expect } from "chai";
import type { Identity } from "#chat/ports.ts";
import type { ChatWorld } from "#test/support/chat-world.ts";
import { openNative, openTokenWorld, RULES, refresh, who } from "./token-world.ts";

describe("the rules of rooms", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openTokenWorld();
  });
  afterEach(() => world.close());
  const open = (connectionId: string, identity: Identity) => openNative(world, connectionId, identity);

  const join = (id: string, room: string) => world.say(id, { action: "joinRoom", room });
  const send = (id: string, room: string) =>
    world.say(id, { action: "sendMessage", to: { room }, content: "hi", id: "m" });

  it("lets members alone into members' rooms", async () => {
    await open("in", who("ann", { rooms: ["team-red"] }));
    await open("out", who("bob", { rooms: ["team-blue", "team"] }));
    expect(await join("in", "team-red")).to.include({ type: "ack" });
    expect(await send("in", "team-red")).to.include({ type: "ack" });
    expect(await join("out", "team-red")).to.deep.include({
      code: "not_allowed",
      message: 'The room "team-red" is for its members only.',
    });
    expect(await send("out", "team-red")).to.include({ code: "not_a_member" });
    expect((await world.connection("out")).conversations).to.deep.equal(["lobby"]);
  });

  it("lets the longest pattern decide, and everybody where none matches", async () => {
    await open("out", who("bob"));
    expect(await join("out", "team-open")).to.include({ type: "ack" });
    expect(await join("out", "tea")).to.include({ type: "ack" });
    expect(await send("out", "tea")).to.include({ type: "ack" });
  });

  it("takes a claim with a * for all that begin so", async () => {
    await open("all", who("ann", { rooms: ["*"] }));
    await open("teams", who("bob", { rooms: ["team-r*"] }));
    expect(await join("all", "team-blue")).to.include({ type: "ack" });
    expect(await join("teams", "team-red")).to.include({ type: "ack" });
    expect(await join("teams", "team-blue")).to.include({ code: "not_allowed" });
  });

  it("lets everybody read where members write, and say nothing, in no way", async () => {
    await open("writer", who("ann", { rooms: ["news"] }));
    await open("reader", who("bob"));
    for (const id of ["writer", "reader"]) expect(await join(id, "news")).to.include({ type: "ack" });
    expect(await send("writer", "news")).to.include({ type: "ack" });
    expect(world.sentTo("reader").at(-1)).to.include({ content: "hi" });
    expect(await send("reader", "news")).to.include({ code: "not_allowed" });
    expect(await world.say("reader", { action: "typing", to: { room: "news" } })).to.include({ code: "not_allowed" });
    expect(await world.say("reader", { action: "getMessages", conversation: "room:news" })).to.include({ seq: 1 });
  });

  it("takes a refreshed token's word: who is no member any more is out", async () => {
    await open("a", who("ann", { rooms: ["team-red"] }));
    await open("b", who("bob", { rooms: ["team-red"] }));
    for (const id of ["a", "b"]) await join(id, "team-red");
    await refresh(world, "b", who("bob", { rooms: [] }));
    expect(world.sentTo("a").at(-1)).to.include({ type: "presence", event: "leave" });
    await send("a", "team-red");
    expect(world.sentTo("b").filter(({ type }) => type === "message")).to.deep.equal([]);
    expect(await send("b", "team-red")).to.include({ code: "not_a_member" });
  });

  describe("that another deployment has changed", () => {
    const later = () => world.instance(undefined, { rules: { ...RULES, rooms: { ...RULES.rooms, tea: "members" } } });
    beforeEach(async () => {
      await open("in", who("ann", { rooms: ["tea"] }));
      await open("out", who("bob"));
      for (const id of ["in", "out"]) await join(id, "tea");
      for (const id of ["in", "out"]) await join(id, "cake");
      await send("in", "tea");
      for (const id of ["in", "out"]) world.sentTo(id);
    });

    it("take who is no member out of the room, with the next thing they ask", async () => {
      expect(await later().say("out", { action: "ping" })).to.include({ type: "ack" });
      expect(world.sentTo("in")).to.deep.include({
        ...{ type: "presence", conversation: "room:tea", event: "leave", user: { id: "bob", name: "BOB" } },
      });
      await later().say("in", { action: "sendMessage", to: { room: "tea" }, content: "among ourselves" });
      expect(world.sentTo("out")).to.deep.equal([]);
      expect((await world.connection("out")).conversations).to.deep.equal(["lobby", "room:cake"]);
    });

    it("hold for that next thing already", async () => {
      for (const request of [
        { action: "getMessages", conversation: "room:tea" },
        { action: "resume", conversations: [{ conversation: "room:tea", after: 0 }] },
        { action: "members", room: "tea" },
        { action: "sendMessage", to: { room: "tea" }, content: "hi" },
      ]) {
        const answer = await later().say("out", request);
        expect(answer?.code, request.action).to.be.oneOf(["not_a_member", "not_allowed"]);
      }
    });

    it("change nothing for members, and for other rooms", async () => {
      expect(await later().say("in", { action: "getMessages", conversation: "room:tea" })).to.include({ seq: 1 });
      expect(await later().say("out", { action: "getMessages", conversation: "room:cake" })).to.include({ seq: 0 });
      expect((await world.connection("in")).conversations).to.deep.equal(["lobby", "room:tea", "room:cake"]);
    });
  });
});
