// Who is banned is out, and stays out until the ban is lifted.
import { expect } from "chai";
import { dynamodbBans } from "#aws/dynamodb-bans.ts";
import { openConnection } from "#chat/open-connection.ts";
import type { Identity } from "#chat/ports.ts";
import type { ChatWorld } from "#test/support/chat-world.ts";
import { HOUR, openNative, openTokenWorld, refresh, who } from "./token-world.ts";

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
    expect([...(await bans.ban("ann"))].sort()).to.deep.equal(["a1", "a2"]);
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

  it("cannot be refreshed", async () => {
    await open("a", who("ann"));
    await bansOf().ban("ann");
    expect(await refresh(world, "a", who("ann"))).to.include({ code: "not_connected" });
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
