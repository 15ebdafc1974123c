// What is in the log, and what is not.
import { expect } from "chai";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { openNative } from "#test/support/native-members.ts";

describe("at the edges", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  it("what people write is in no log", async () => {
    await openNative(world, "c1");
    for (const content of ["secret \ud800", `secret ${"x".repeat(40_000)}`, ""]) {
      await world.say("c1", { action: "sendMessage", to: { everyone: true }, content });
      await world.say("c1", { action: "sendMessage", to: { room: "elsewhere" }, content: "secret" });
    }
    expect(world.logged).not.to.deep.equal([]);
    expect(JSON.stringify(world.logged)).not.to.match(/secret/);
  });

  it("what was refused is found in the log by the request id of who asked", async () => {
    await openNative(world, "c1");
    await world.say("c1", { action: "members", room: "general", requestId: "asked-1" });
    await world.say("c1", { action: "members", room: "general" });
    const [named, ...others] = world.logged.filter(({ event }) => event === "refused");
    expect(named).to.include({
      connectionId: "c1",
      action: "members",
      code: "not_a_member",
      clientRequestId: "asked-1",
    });
    expect(others).to.have.lengthOf(1);
    expect(others[0]).not.to.have.property("clientRequestId");
  });
});
