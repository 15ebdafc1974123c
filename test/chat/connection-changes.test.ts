// What changes on a connection stands in its own row and, as a device, in its user's.
import { expect } from "chai";
import { forgetConnection } from "#chat/forget-connection.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

describe("a change of a connection", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
    await world.open("a", { userId: "ann", dialect: "native" });
  });
  afterEach(() => world.close());

  const devices = async () => (await world.ports.snapshots.read({ users: ["ann"] })).devices("ann") ?? [];

  it("does not take back on the device what another request has changed meanwhile", async () => {
    const { connections } = world.ports;
    const asRead = await world.connection("a");
    await connections.change(asRead, { name: "Ann" });
    expect(await connections.change(asRead, { expiresAt: 9e12 })).to.include({ name: "Ann", expiresAt: 9e12 });
    expect((await devices())[0]).to.include({ connectionId: "a", name: "Ann" });
  });

  it("makes no device of one that is gone", async () => {
    const asRead = await world.connection("a");
    await forgetConnection(world.ports, "a");
    expect(await world.ports.connections.change(asRead, { name: "Ann" })).to.equal("not_connected");
    expect(await devices()).to.deep.equal([]);
  });
});
