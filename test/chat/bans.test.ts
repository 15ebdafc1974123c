// Who is banned is out, and stays out until the ban is lifted.
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { dynamodbBans } from "#aws/dynamodb-bans.ts";
import { openConnection } from "#chat/open-connection.ts";
import type { Identity } from "#chat/ports.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { HOUR, openNative, openTokenWorld, tokenOf, who } from "./token-world.ts";

describe("the identity of a banned user", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openTokenWorld();
  });
  afterEach(() => world.close());
  const open = (connectionId: string, identity: Identity) => openNative(world, connectionId, identity);

  const bansOf = () =>
    dynamodbBans({ client: world.client, tableName: `${world.prefix}-connections`, clock: world.ports.clock });

  it("opens no connection, and the ban says which are still open", async () => {
    const bans = bansOf();
    await open("a1", who("ann"));
    await open("a2", who("ann"));
    await open("b", who("bob"));
    const ids = (await bans.ban("ann")).map(({ connectionId }) => connectionId);
    expect(ids).to.have.members(["a1", "a2"]);
    expect(await openConnection(world.ports, { connectionId: "a3", connectedAt: 1, identity: who("ann") })).to.equal(
      "banned",
    );
    const { connection } = await world.ports.snapshots.read({ connections: ["a3"] });
    expect(connection("a3")).to.equal(undefined);
    const lobby = await world.ports.memberships.audience("lobby");
    expect(lobby.map(({ connectionId }) => connectionId)).to.have.members(["a1", "a2", "b"]);
    await open("b2", who("bob"));
    expect((await world.connection("b2")).userId).to.equal("bob");
  });

  describe("whose connection could not be ended", () => {
    /** Counts the calls to the store. */
    const counted = () => {
      const calls: string[] = [];
      const around = <T>(call: string, make: () => Promise<T>) => {
        calls.push(call);
        return make();
      };
      return { calls, ...world.instance(around) };
    };

    it("may do nothing: whatever it asks is refused with words that say so, and the connection ended", async () => {
      await open("a", who("ann"));
      await world.say("a", { action: "joinRoom", room: "tea" });
      await bansOf().ban("ann");
      for (const frame of [
        { action: "whoami" },
        { action: "joinRoom", room: "more" },
        { action: "sendMessage", to: { room: "tea" }, content: "still here" },
        { action: "setName", name: "ANN" },
        { action: "refresh", token: tokenOf(who("ann", { expiresAt: Date.now() + 9 * HOUR })) },
        "no json {",
      ]) {
        world.closed.length = 0;
        expect(await world.say("a", frame)).to.equal(undefined);
        const told = world.sentTo("a");
        expect(told).to.have.length(1);
        expect(told[0]).to.include({ type: "error", code: "not_allowed", retryable: false });
        expect(world.closed).to.deep.equal(["a"]);
      }
      expect(await world.ports.messages.lastSeq("room:tea")).to.equal(0);
      expect((await world.connection("a")).conversations).to.have.members(["lobby", "room:tea"]);
    });

    it("is written to by nobody", async () => {
      await open("a", who("ann"));
      await open("b", who("bob"));
      await bansOf().ban("ann");
      await world.say("b", { action: "sendMessage", to: { user: "ann" }, content: "psst" });
      expect(world.sentTo("a")).to.deep.equal([]);
    });

    it("is known by what a request reads anyway: the token says whose connection it is", async () => {
      await open("a", who("ann"));
      const { calls, say } = counted();
      await say("a", { action: "whoami" });
      expect(calls).to.deep.equal(["BatchGetItemCommand"]);
    });

    it("is known where there are no tokens, too, for one more read the first time", async () => {
      await world.close();
      world = await openChatWorld();
      for (const [connectionId, userId] of [
        ["a", "ann"],
        ["b", "bob"],
      ] as const)
        await world.open(connectionId, { userId, dialect: "native" });
      await world.open("nameless", { dialect: "native" });
      const { calls, say } = counted();
      const callsFor = async (connectionId: string) => {
        calls.length = 0;
        await say(connectionId, { action: "whoami" });
        return calls.length;
      };
      expect([await callsFor("a"), await callsFor("a"), await callsFor("nameless")]).to.deep.equal([2, 1, 1]);
      for (const userId of ["ann", "bob"]) await bansOf().ban(userId);
      for (const connectionId of ["a", "b"]) expect(await say(connectionId, { action: "whoami" })).to.equal(undefined);
      expect(world.closed).to.deep.equal(["a", "b"]);
    });
  });

  describe("banned while a request is under way", () => {
    /** An instance whose requests are overtaken by the ban: it is written after they have read. */
    const overtaken = (afterReads = 1) => {
      let reads = 0;
      return world.instance(async (call, make) => {
        const done = await make();
        if (call === "BatchGetItemCommand" && ++reads === afterReads) await bansOf().ban("ann");
        return done;
      });
    };
    const rowsOf = async () => [
      await world.connection("a"),
      await world.ports.memberships.audience("lobby"),
      (await world.client.send(new ScanCommand({ TableName: `${world.prefix}-connections` }))).Items?.find(
        ({ connectionId }) => connectionId?.S === "user#ann",
      )?.["device#a"],
    ];

    it("is not refreshed, and nothing of it changes", async () => {
      await open("a", who("ann"));
      const before = await rowsOf();
      const token = tokenOf(who("ann", { rooms: ["team-red"], expiresAt: Date.now() + 9 * HOUR }));
      const refused = await overtaken().say("a", { action: "refresh", token, requestId: "r" });
      expect(refused).to.include({ code: "not_allowed", retryable: false, requestId: "r" });
      expect(await rowsOf()).to.deep.equal(before);
    });

    it("takes no name, and nothing of it changes", async () => {
      await world.close();
      world = await openChatWorld();
      await world.open("a", { userId: "ann", dialect: "native" });
      const before = await rowsOf();
      expect(await overtaken(2).say("a", { action: "setName", name: "Eve" })).to.include({ code: "not_allowed" });
      expect(await rowsOf()).to.deep.equal(before);
    });

    it("shows no dialect, and says nothing", async () => {
      await world.open("a", { identity: who("ann") });
      const before = await rowsOf();
      const refused = await overtaken().say("a", { action: "sendMessage", to: { everyone: true }, content: "x" });
      expect(refused).to.include({ code: "not_allowed" });
      expect(await rowsOf()).to.deep.equal(before);
      expect(await world.ports.messages.lastSeq("lobby")).to.equal(0);
    });
  });

  it("holds until it is lifted, and only a ban is lifted", async () => {
    const bans = bansOf();
    await bans.ban("ann");
    await bans.ban("ann");
    world.pass(30 * 24 * HOUR);
    const opening = { connectionId: "a", connectedAt: Date.now(), identity: who("ann") };
    expect(await openConnection(world.ports, opening)).to.equal("banned");
    expect(await bans.lift("ann")).to.equal(true);
    expect(await openConnection(world.ports, opening)).to.equal("opened");
    expect(await bans.lift("ann")).to.equal(false);
  });
});
