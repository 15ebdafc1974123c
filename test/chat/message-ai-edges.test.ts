// System 3 where its function is killed, or somebody tries what they may not.
import { expect } from "chai";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { runUntilKilled } from "#test/support/killed-function.ts";

describe("at the edges", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  describe("MessageAI", () => {
    const send = (id: string) => ({
      action: "sendMessage",
      messageId: id,
      conversationId: "conv",
      senderId: "ann",
      senderName: "Ann",
      recipientId: "bob",
      content: `content of ${id}`,
      timestamp: "2026-11-20T10:00:00Z",
    });

    for (const here of [true, false]) {
      it(`killed anywhere and sent again, what is called delivered was shown, the rest is caught up (recipient ${here ? "here" : "away"})`, async () => {
        await world.open("a", { userId: "ann", dialect: "message-ai" });
        let bobs = 0;
        const shown = async () => {
          const bob = `bob ${bobs++}`;
          await world.open(bob, { userId: "bob", dialect: "message-ai" });
          return bob;
        };
        for (let at = 1, going = true; going; at++) {
          for (const moment of ["before", "after"] as const) {
            if (!going) break;
            const bob = here ? await shown() : undefined;
            const id = `${here} ${at} ${moment}`;
            going = await runUntilKilled(world, { at, moment }, (instance) => instance.say("a", send(id)));
            const status = (await world.say("a", send(id))) as { data: { status: string } };
            const pushed = bob ? world.sentTo(bob) : [];
            const later = await shown();
            await world.say(later, { action: "catchUp", userId: "bob" });
            const caughtUp = world.sentTo(later);
            const seen = [...pushed, ...caughtUp].filter(
              (frame) => (frame.data as { messageId?: string }).messageId === id,
            );
            expect(seen, `${id}: ${status.data.status}`).not.to.deep.equal([]);
            if (status.data.status === "delivered") expect(pushed, id).not.to.deep.equal([]);
            for (const gone of [bob, later]) if (gone) await world.ports.connections.remove(gone, "bob");
          }
        }
      });
    }

    const group = (sender: string, recipientIds: string[], id: string) => ({
      ...send(id),
      senderId: sender,
      conversationId: "G",
      isGroupChat: true,
      recipientIds,
      content: `secret of ${id}`,
    });

    it("only who is in a group may write to it, and who is added may read it", async () => {
      for (const user of ["ann", "bob", "eve", "cid"])
        await world.open(user, { userId: `${user}-id`, dialect: "message-ai" });
      expect(await world.say("ann", group("ann-id", ["bob-id"], "g1"))).to.have.nested.property(
        "data.status",
        "delivered",
      );
      expect(await world.say("eve", group("eve-id", ["off-id"], "g2"))).to.include({ code: "not_a_member" });
      const read = { action: "getMessages", conversation: "group:G", requestId: "r" };
      for (const outsider of ["eve", "cid"])
        expect(await world.say(outsider, read)).to.include({ code: "not_a_member" });
      expect(
        await world.say("eve", { action: "resume", conversations: [{ conversation: "group:G", after: 0 }] }),
      ).to.include({
        code: "not_a_member",
      });
      await world.say("bob", group("bob-id", ["ann-id", "cid-id"], "g3"));
      expect(await world.say("cid", read)).to.include({ type: "ack", seq: 2 });
    });
  });
});
