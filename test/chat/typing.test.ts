// Who is typing is told to a small audience at once, rarely, and never late.
import { expect } from "chai";
import type { PostOptions } from "#chat/post-ports.ts";
import { showTyping } from "#chat/show-typing.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

const toRoom = { room: "general" };
const typing = (to: object = toRoom) => ({ action: "typing", to });
const ACK = { type: "ack", action: "typing" };

describe("typing", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    // time passes only where a test says so, however busy the machine is
    const startedAt = Date.now();
    world = await openChatWorld({ now: () => startedAt });
    for (const id of ["a", "a2", "b"]) {
      await world.open(id, { userId: `u-${id.charAt(0)}`, dialect: "native" });
      await world.say(id, { action: "joinRoom", room: "general" });
    }
    for (const id of ["a", "a2", "b"]) world.sentTo(id);
  });
  afterEach(() => world.close());

  const shown = () => world.sentTo("b").filter(({ type }) => type === "typing").length;

  it("is shown once when it is said again at once, by whichever device of the user", async () => {
    for (const id of ["a", "a", "a2", "a"]) expect(await world.say(id, typing())).to.deep.equal(ACK);
    expect(shown()).to.equal(1);
  });

  it("is shown again when it lasts, as often as clients say it again", async () => {
    for (let times = 1; times <= 3; times++) {
      await world.say("a", typing());
      expect(shown()).to.equal(1);
      world.pass(2_900);
    }
  });

  it("is shown for each conversation, user and connection meant", async () => {
    for (const to of [toRoom, { user: "u-b" }, { connection: "b" }, { everyone: true }])
      await world.say("a", typing(to));
    expect(shown()).to.equal(4);
    await world.say("b", typing());
    expect(world.sentTo("a")).to.have.lengthOf(1);
  });

  it("is shown anew after the message that was being typed", async () => {
    await world.say("a", typing());
    await world.say("a", { action: "sendMessage", to: toRoom, content: "there" });
    await world.say("a", typing());
    expect(shown()).to.equal(2);
  });

  it("that has waited for the function is shown while it is news, and then dropped", async () => {
    expect(await world.say("a", typing(), 3_000)).to.deep.equal(ACK);
    expect(shown()).to.equal(0);
    expect(await world.say("a", typing(), 2_000)).to.deep.equal(ACK);
    expect(shown()).to.equal(1);
  });

  it("is refused where it may not be shown, however late", async () => {
    expect(await world.say("a", typing({ room: "other" }), 60_000)).to.include({ code: "not_a_member" });
  });

  it("is dropped for those whose turn comes late: a post waits no longer than it is news", async () => {
    for (let at = 0; at < 20; at++) {
      await world.ports.memberships.add("room:general", {
        connectionId: `x${at}`,
        userId: `x${at}`,
        dialect: "native",
      });
    }
    const budgets: number[] = [];
    const post = async (_connectionId: string, _frame: string, { budgetMs = Number.NaN }: PostOptions = {}) => {
      budgets.push(budgetMs);
      world.pass(budgetMs);
      return "throttled" as const;
    };
    const snapshot = await world.ports.snapshots.read({ conversations: ["room:general"] });
    const ports = { ...world.ports, poster: { post }, postConcurrency: 1 };
    const askedAt = world.ports.clock.now() - 500;
    await showTyping(ports, await world.connection("a"), { action: "typing", to: toRoom }, snapshot, askedAt);
    expect(budgets.length).to.be.within(1, 3);
    expect(budgets.reduce((sum, ms) => sum + ms)).to.be.at.most(2_500);
  });
});
