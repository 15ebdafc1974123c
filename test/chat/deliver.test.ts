import { expect } from "chai";
import { deliver } from "#chat/deliver.ts";
import type { Member, Ports } from "#chat/ports.ts";
import type { PostOptions } from "#chat/post-ports.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

const event = { type: "typing", conversation: "room:general", user: { id: "u" } } as const;
const members = (count: number): readonly Member[] =>
  Array.from({ length: count }, (_, at) => ({
    connectionId: `c${at}`,
    userId: `u${at}`,
    dialect: "native",
    since: at,
  }));

describe("a small audience is pushed to while the sender waits:", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  const portsWith = (post: Ports["poster"]["post"]) => ({ ...world.ports, poster: { post } });

  it("at most postConcurrency posts are under way at once", async () => {
    let now = 0;
    let most = 0;
    const ports = portsWith(async () => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return "sent";
    });
    expect((await deliver(ports, event, members(50), { userId: "x" })).size).to.equal(50);
    expect(most).to.equal(world.ports.postConcurrency);
  });

  it("within seconds, however slow each post is: the members that are left are not tried", async () => {
    const budgets: number[] = [];
    const ports = portsWith(async (_connectionId, _frame, options: PostOptions = {}) => {
      budgets.push(options.budgetMs ?? Number.NaN);
      world.pass(options.budgetMs ?? 0);
      return "throttled";
    });
    await deliver({ ...ports, postConcurrency: 1 }, event, members(50), { userId: "x" });
    expect(budgets.length).to.be.within(3, 4);
    expect(Math.max(...budgets)).to.equal(2_000);
    expect(budgets.reduce((sum, ms) => sum + ms)).to.be.at.most(5_000);
  });

  it("the forgetting of those who are gone ends then, too; the next event finds the others", async () => {
    let removed = 0;
    const ports = portsWith(async () => "gone");
    const slow = {
      ...ports.connections,
      async remove() {
        removed++;
        world.pass(1_000);
        return undefined;
      },
    };
    await deliver({ ...ports, connections: slow }, event, members(50), { userId: "x" });
    expect(removed).to.equal(5);
  });

  it("the poster is told when a member came: who has just come may not be there yet", async () => {
    const since: (number | undefined)[] = [];
    const ports = portsWith(async (_connectionId, _frame, options: PostOptions = {}) => {
      since.push(options.connectedAt);
      return "sent";
    });
    await deliver(ports, event, members(3), { userId: "x" });
    expect(since).to.deep.equal([0, 1, 2]);
  });

  it("a member of a room came when it is said to have come, to the millisecond", async () => {
    const now = world.ports.clock.now();
    await world.ports.memberships.add("room:general", { connectionId: "c", userId: "u" });
    const [member] = await world.ports.memberships.audience("room:general");
    expect(member?.since).to.be.within(now, world.ports.clock.now());
  });
});
