import { expect } from "chai";
import { dynamodbPostTimeline } from "#aws/dynamodb-post-timeline.ts";
import type { Timing } from "#aws/timing.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";
import { ManualTiming } from "./support/manual-timing.ts";
import { mostInASecond, PostingProcesses } from "./support/posting-processes.ts";

describe("the stage's timeline of posts", function () {
  this.timeout(60_000);
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  const timelineOf = (timing: Timing, postsPerSecond = 1_000) =>
    dynamodbPostTimeline({ client: world.client, tableName: `${world.prefix}-messages`, postsPerSecond, timing });

  it("begins now, and goes on where it was booked until", async () => {
    const timing = new ManualTiming();
    const timeline = timelineOf(timing);
    expect(await timeline.book(100)).to.deep.equal({ count: 100, at: 0, aheadMs: 0, alone: true });
    expect(await timeline.book(50)).to.deep.equal({ count: 50, at: 100, aheadMs: 100, alone: true });
    expect(await timelineOf(timing).book(1)).to.deep.equal({ count: 1, at: 150, aheadMs: 150, alone: false });
    expect(await timeline.book(1)).to.deep.equal({ count: 1, at: 151, aheadMs: 151, alone: false });
    timing.move(200);
    expect(await timeline.book(1)).to.deep.equal({ count: 1, at: 200, aheadMs: 0, alone: true });
  });

  it("gives every place to one of many that book at the same moment", async () => {
    const timing = new ManualTiming();
    const many = await Promise.all(Array.from({ length: 30 }, () => timelineOf(timing).book(20)));
    const starts = many.map(({ at }) => at).sort((a, b) => a - b);
    expect(starts).to.deep.equal(Array.from({ length: 30 }, (_, at) => at * 20));
  });

  it("is full when it is booked for a second, and says when it no longer is", async () => {
    const timing = new ManualTiming();
    await timelineOf(timing).book(1_600);
    expect(await timelineOf(timing).book(1)).to.deep.equal({ count: 0, at: 600, aheadMs: 1_600, alone: false });
    timing.move(600);
    expect(await timelineOf(timing).book(1)).to.deep.include({ count: 1, at: 1_600 });
  });

  it("has places for a rate below one a second", async () => {
    const timing = new ManualTiming();
    const timeline = timelineOf(timing, 0.95);
    await timeline.book(1);
    expect(await timeline.book(1)).to.deep.include({ count: 0 });
    timing.move(60);
    const { at } = await timeline.book(1);
    expect(at).to.be.closeTo(1_052.632, 0.001);
  });

  for (const [first, second] of [
    [0, 5_000],
    [5_000, 0],
    [0, -5_000],
  ] as const) {
    it(`is the same for a clock ${second} ms ahead as for one ${first} ms ahead`, async () => {
      const timing = new ManualTiming();
      const withClock = (aheadMs: number) =>
        timelineOf({
          now: () => timing.now() + aheadMs,
          elapsed: () => timing.elapsed() + aheadMs * 7,
          setTimer: (ms, fn) => timing.setTimer(ms, fn),
          random: () => timing.random(),
        });
      const [one, other] = [withClock(first), withClock(second)];
      // both have to have heard of each other
      await one.book(1);
      await other.book(1);
      await one.book(1);
      timing.move(100);
      expect(await one.book(30)).to.deep.include({ count: 30, aheadMs: 0, at: first * 7 + 100 });
      expect(await other.book(30)).to.deep.include({ count: 30, aheadMs: 30, at: second * 7 + 130 });
      timing.move(10);
      expect(await one.book(5)).to.deep.include({ count: 5, aheadMs: 50, at: first * 7 + 160 });
    });
  }

  it("keeps pumps under the rate with clocks 5 s apart, and starves none of them", async () => {
    const processes = new PostingProcesses(1_000, (timing) => timelineOf(timing));
    for (const aheadMs of [0, 5_000, -5_000, 2_000]) processes.start({ posts: 100_000, aheadMs });
    await processes.pass(4_000);
    // until they have heard of each other, two have booked the same time
    const since = processes.all.filter((at) => at >= 250);
    expect(mostInASecond(since)).to.be.at.most(1_030);
    expect(processes.all.length).to.be.within(3_800, 4_300);
    for (const { length } of processes.posts) expect(length).to.be.within(800, 1_200);
  });
});
