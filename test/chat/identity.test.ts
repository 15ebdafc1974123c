// Where tokens are asked for, one is somebody for a while: how that ends, and how it is renewed.
import { expect } from "chai";
import type { Identity } from "#chat/ports.ts";
import { DIALECT_NAMES } from "#protocol/dialects/dialect.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { HOUR, openNative, openTokenWorld, refresh, who } from "./token-world.ts";

describe("identity", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openTokenWorld();
  });
  afterEach(() => world.close());

  const open = (connectionId: string, identity: Identity) => openNative(world, connectionId, identity);

  describe("expires", () => {
    beforeEach(async () => {
      await open("a", who("ann"));
      await open("b", who("bob", { expiresAt: Date.now() + 2 * HOUR }));
    });
    const later = () => world.pass(HOUR + 1000);

    it("with its token: the next request is refused, whatever it is, and the connection ended", async () => {
      later();
      for (const frame of [{ action: "ping" }, { action: "fly" }, "no json {", { actionn: "x", data: "hi" }]) {
        world.closed.length = 0;
        expect(await world.say("a", frame)).to.equal(undefined);
        expect(world.sentTo("a")).to.have.length(1);
        expect(world.closed).to.deep.equal(["a"]);
      }
    });

    it("with words that say so, before the connection ends", async () => {
      later();
      await world.say("a", { action: "ping", requestId: "r7" });
      expect(world.sentTo("a")).to.deep.equal([
        {
          type: "error",
          code: "unauthenticated",
          message: "The identity of this connection has expired; connect with a new token.",
          retryable: false,
          action: "ping",
          requestId: "r7",
        },
      ]);
    });

    it("also for who only listens: nothing is pushed any more", async () => {
      for (const id of ["a", "b"]) await world.say(id, { action: "joinRoom", room: "tea" });
      await world.say("b", { action: "sendMessage", to: { room: "tea" }, content: "early" });
      await world.say("b", { action: "sendMessage", to: { user: "ann" }, content: "early" });
      expect(world.sentTo("a")).to.have.length.of.at.least(2);
      later();
      for (const to of [{ room: "tea" }, { user: "ann" }, { everyone: true }]) {
        expect(await world.say("b", { action: "sendMessage", to, content: "late" })).to.include({ type: "ack" });
      }
      for (const to of [{ connection: "a" }, { name: "ANN" }]) {
        expect(await world.say("b", { action: "sendMessage", to, content: "late" })).to.include({ code: "not_found" });
      }
      expect(world.sentTo("a")).to.deep.equal([]);
      const { members } = (await world.say("b", { action: "members", room: "tea" })) as { members: { id: string }[] };
      expect(members.map(({ id }) => id)).to.deep.equal(["bob"]);
    });

    it("not, when it was refreshed: requests, pushes and rooms go on", async () => {
      await world.say("a", { action: "joinRoom", room: "tea" });
      const expiresAt = Date.now() + 3 * HOUR + 900;
      expect(await refresh(world, "a", who("ann", { expiresAt }))).to.deep.equal({
        type: "ack",
        action: "refresh",
        requestId: "r",
        expiresAt: new Date(expiresAt).toISOString(),
        expiresInSeconds: 3 * 3600,
      });
      later();
      await world.say("b", { action: "joinRoom", room: "tea" });
      world.sentTo("a");
      await world.say("b", { action: "sendMessage", to: { room: "tea" }, content: "still there?" });
      await world.say("b", { action: "sendMessage", to: { user: "ann" }, content: "and here?" });
      expect(world.sentTo("a").map(({ content }) => content)).to.deep.equal(["still there?", "and here?"]);
      expect(await world.say("a", { action: "ping" })).to.include({ type: "ack" });
    });

    it("after as many seconds as whoami says; where no tokens are asked for, it says none", async () => {
      await open("c", who("cid", { expiresAt: Date.now() + HOUR + 900 }));
      expect(await world.say("c", { action: "whoami" })).to.include({ expiresInSeconds: 3600 });
      const noTokens = await openChatWorld();
      await noTokens.open("d", { identity: who("dan") });
      expect(await noTokens.say("d", { action: "whoami" })).not.to.have.property("expiresInSeconds");
      await noTokens.close();
    });

    it("and cannot be refreshed when it has", async () => {
      later();
      expect(await refresh(world, "a", who("ann", { expiresAt: Date.now() + 9 * HOUR }))).to.equal(undefined);
      expect(world.closed).to.deep.equal(["a"]);
    });
  });

  it("is refreshed in any dialect, and tells nothing of the client's", async () => {
    for (const dialect of DIALECT_NAMES) {
      await world.open(dialect, { dialect, identity: who("ann") });
      expect(await refresh(world, dialect, who("ann")), dialect).to.include({ type: "ack", action: "refresh" });
      expect((await world.connection(dialect)).dialect).to.equal(dialect);
    }
  });

  it("is not refreshed by another user's token, nor by none; the connection goes on as it was", async () => {
    await open("a", who("ann"));
    expect(await refresh(world, "a", who("bob"))).to.include({ code: "unauthenticated", retryable: false });
    const refused = await world.say("a", { action: "refresh", token: "hush-hush" });
    expect(refused).to.include({ code: "unauthenticated" });
    expect(JSON.stringify([refused, world.logged])).not.to.include("hush-hush");
    expect(await world.say("a", { action: "whoami" })).to.deep.include({ user: { id: "ann", name: "ANN" } });
    expect(world.closed).to.deep.equal([]);
  });

  it("is never shown, not even as a field that is wrong", async () => {
    await open("a", who("ann"));
    for (const token of [{ secret: "hush-hush" }, ["hush-hush"], `hush-hush${"x".repeat(8192)}`]) {
      const refused = await world.say("a", { action: "refresh", token });
      expect(refused).to.include({ code: "invalid_request" });
      expect(JSON.stringify([refused, world.logged])).not.to.include("hush");
    }
  });

  it("is missing on connections from before tokens were asked for: they are ended", async () => {
    await world.open("old", { userId: "admin" });
    expect(await world.say("old", { action: "whoami" })).to.equal(undefined);
    expect(world.sentTo("old")[0]).to.include({
      code: "unauthenticated",
      message: "This connection has shown no token; connect with a new token.",
    });
    expect(world.closed).to.deep.equal(["old"]);
  });
});
