import { expect } from "chai";
import type { Booking, PostTimeline } from "#aws/post-timeline.ts";
import { StageTurns } from "#aws/stage-turns.ts";
import type { Timing } from "#aws/timing.ts";
import { ManualTiming } from "./support/manual-timing.ts";
import { mostInASecond, PostingProcesses } from "./support/posting-processes.ts";

const PER_SECOND = 1_000;

/** A line in memory, of 1,000 posts a second, that many processes share. */
function sharedLine(): (timing: Timing) => PostTimeline {
  let next = 0;
  return (timing) => {
    let own = { from: 0, end: 0 };
    const book = async (alone: number, shared = alone): Promise<Booking> => {
      const now = timing.now();
      const from = Math.max(now, next);
      if (from > now + 1_000)
        return { count: 0, at: timing.elapsed() + from - now - 1_000, aheadMs: from - now, alone: false };
      const count = from === now || (from === own.end && own.from <= now) ? alone : shared;
      next = from + count;
      own = { from: from === own.end ? own.from : from, end: next };
      return { count, at: timing.elapsed() + from - now, aheadMs: from - now, alone: own.from <= now };
    };
    return { book };
  };
}

describe("the turns of a stage's posts", () => {
  describe("in pumps", () => {
    let processes: PostingProcesses;
    beforeEach(() => {
      processes = new PostingProcesses(PER_SECOND, sharedLine());
    });

    it("are booked all at once when they are few", async () => {
      processes.start({ posts: 120, lanes: 50 });
      await processes.pass(300);
      expect(processes.all).to.have.lengthOf(120);
      expect(processes.bookings).to.deep.equal([1]);
    });

    it("are as many as the stage may post, and a few bookings a second", async () => {
      processes.start({ posts: 100_000 });
      await processes.pass(5_000);
      expect(processes.all.length).to.be.within(4_950, 5_050);
      expect(mostInASecond(processes.all)).to.be.at.most(1_010);
      expect(processes.bookings[0]).to.be.at.most(55);
    });

    it("are shared evenly, whoever was first and however many they are", async () => {
      processes.start({ posts: 100_000, lanes: 200 });
      await processes.pass(1_000);
      for (let count = 0; count < 19; count++) processes.start({ posts: 100_000, lanes: 20 });
      await processes.pass(1_000);
      const before = processes.posts.map(({ length }) => length);
      await processes.pass(5_000);
      const shares = processes.posts.map(({ length }, at) => length - (before[at] ?? 0));
      expect(shares.reduce((sum, share) => sum + share)).to.be.within(4_900, 5_050);
      for (const share of shares) expect(share).to.be.within(180, 320);
      expect(mostInASecond(processes.all)).to.be.at.most(1_030);
      // one write for two posts and a half at the most
      expect(processes.bookings.reduce((sum, count) => sum + count)).to.be.at.most(7 * 400);
    });

    it("come soon for who is new, however large the room another is at", async () => {
      processes.start({ posts: 100_000, lanes: 200 });
      await processes.pass(1_000);
      processes.start({ posts: 10 });
      await processes.pass(400);
      expect(processes.posts[1]).to.have.lengthOf(10);
    });

    it("that were missed because the machine stood still are not made up for at once", async () => {
      processes.start({ posts: 100_000 });
      await processes.pass(1_000);
      for (let count = 0; count < 5; count++) {
        processes.standStill(150);
        await processes.pass(150);
      }
      await processes.pass(1_000);
      expect(mostInASecond(processes.all)).to.be.at.most(1_050);
    });

    it("are a tenth of the rate in each while the store fails, which is asked once a second; then all again", async () => {
      processes.storeFails = true;
      for (let count = 0; count < 3; count++) processes.start({ posts: 100_000, lanes: 20 });
      await processes.pass(5_000);
      for (const { length } of processes.posts) expect(length).to.be.within(480, 510);
      for (const bookings of processes.bookings) expect(bookings).to.be.within(4, 6);
      processes.storeFails = false;
      await processes.pass(2_000);
      const before = processes.all.length;
      await processes.pass(1_000);
      expect(processes.all.length - before).to.be.within(950, 1_050);
    });
  });

  describe("of who posts on credit", () => {
    const asked: number[] = [];
    let timing: ManualTiming;
    let line: () => Promise<Booking>;
    let turns: StageTurns;
    const booking = (changes: Partial<Booking> = {}): Booking => ({
      count: asked.at(-1) ?? 0,
      at: timing.elapsed(),
      aheadMs: 0,
      alone: true,
      ...changes,
    });
    beforeEach(() => {
      asked.length = 0;
      timing = new ManualTiming();
      line = async () => booking();
      const timeline = {
        book: (count: number) => {
          asked.push(count);
          return line();
        },
      };
      turns = new StageTurns({ timeline, postsPerSecond: PER_SECOND, credit: 4, timing });
    });
    const post = () => {
      const turn = turns.take(2_000);
      return { turn, settled: turns.settle() };
    };
    const settledNow = async (count: number) => {
      for (let posts = 0; posts < count; posts++) await post().settled;
    };

    it("come at once, and several are booked together, beside the post that made them enough", async () => {
      expect(post()).to.deep.equal({ turn: 0, settled: undefined });
      expect(asked).to.deep.equal([]);
      const second = post();
      expect(second.turn).to.equal(0);
      expect(second.settled).to.be.instanceOf(Promise);
      await second.settled;
      expect(asked).to.deep.equal([2]);
    });

    it("come at once while a booking is under way, until the credit is spent", async () => {
      let answer = (_: Booking) => {};
      line = () => new Promise((resolve) => (answer = resolve));
      const turnsTaken = Array.from({ length: 5 }, () => post().turn);
      expect(turnsTaken.slice(0, 4)).to.deep.equal([0, 0, 0, 0]);
      expect(turnsTaken[4]).to.be.instanceOf(Promise);
      expect(asked).to.deep.equal([2]);
      line = async () => booking({ at: timing.elapsed() + 30 });
      answer(booking());
      expect(await turnsTaken[4]).to.equal(30);
      expect(post().turn).to.equal(0);
    });

    it("come at once while others are in the line", async () => {
      line = async () => booking({ at: timing.elapsed() + 500, aheadMs: 500, alone: false });
      await settledNow(2);
      expect(post().turn).to.equal(0);
    });

    it("are booked first while the line is long", async () => {
      line = async () => booking({ at: timing.elapsed() + 650, aheadMs: 650 });
      await settledNow(2);
      expect(await post().turn).to.equal(650);
      timing.move(2_000);
      line = async () => booking();
      const { turn } = post();
      expect(turn).to.be.instanceOf(Promise);
      expect(await turn).to.equal(0);
      expect(asked).to.deep.equal([2, 1, 1]);
      expect(post().turn).to.equal(0);
    });

    it("come at once again when nothing is known of the line any more", async () => {
      line = async () => booking({ at: timing.elapsed() + 650, aheadMs: 650 });
      await settledNow(2);
      timing.move(10_000);
      expect(post().turn).to.equal(0);
    });

    it("do not come when the line is longer than who asks can wait", async () => {
      line = async () => ({ count: 0, at: timing.elapsed() + 500, aheadMs: 1_500, alone: false });
      await settledNow(2);
      expect(await turns.take(400)).to.equal(undefined);
      const patient = turns.take(2_000);
      line = async () => booking({ at: timing.elapsed() + 20 });
      await timing.timerOf(500 + 0.5 * 25);
      timing.move(512.5);
      expect(await patient).to.equal(20);
    });

    it("stay on credit while the store fails, and are few when that is spent", async () => {
      line = async () => Promise.reject(new Error("throttled"));
      await settledNow(4);
      expect(asked).to.deep.equal([2]);
      expect(turns.take(2_000)).to.equal(0);
      expect(turns.take(2_000)).to.equal(10);
      expect(turns.take(15)).to.equal(undefined);
      line = async () => booking();
      timing.move(1_000);
      await settledNow(1);
      expect(asked).to.deep.equal([2, 1]);
    });

    it("do not wait for a store that does not answer", async () => {
      line = () => new Promise(() => {});
      post();
      const { settled } = post();
      await timing.timerOf(500);
      timing.move(500);
      await settled;
      expect(post().turn).to.equal(0);
    });
  });
});
