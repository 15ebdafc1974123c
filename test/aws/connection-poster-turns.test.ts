import { expect } from "chai";
import { OK } from "./support/scripted-server.ts";
import { answer, useTriedPoster } from "./support/tried-poster.ts";

describe("the connection poster waits for its turn", () => {
  const tried = useTriedPoster();
  const { start } = tried;

  /** Turns as a test gives them. */
  const given = (...turns: (number | undefined)[]) => {
    const asked: { readonly mostMs: number; readonly toCome: number | undefined }[] = [];
    return {
      asked,
      take(mostMs: number, toCome?: number) {
        asked.push({ mostMs, toCome });
        return turns.shift();
      },
    };
  };

  it("before every post", async () => {
    await start(() => OK, { turns: given(0, 100, 200) });
    const posts = ["a", "b", "c"].map((id) => tried.poster.post(id, "x"));
    await posts[0];
    expect(tried.timing.pending).to.deep.equal([100, 200]);
    tried.timing.move(100);
    await posts[1];
    tried.timing.move(100);
    expect(await Promise.all(posts)).to.deep.equal(["sent", "sent", "sent"]);
  });

  it("no longer than it has time", async () => {
    const turns = given(undefined);
    await start(() => OK, { turns });
    expect(await tried.poster.post("b", "x", { budgetMs: 999 })).to.equal("throttled");
    expect(turns.asked).to.deep.equal([{ mostMs: 999, toCome: undefined }]);
    expect(tried.server.requests).to.have.length(0);
    expect(tried.failures).to.deep.equal([]);
  });

  it("again before it tries again", async () => {
    await start((_, count) => (count === 1 ? answer(429) : OK), { turns: given(0, 70) });
    const post = tried.poster.post("a", "x");
    await tried.timing.timerOf(25);
    tried.timing.move(25);
    await tried.timing.timerOf(70);
    expect(tried.server.requests).to.have.length(1);
    tried.timing.move(70);
    expect(await post).to.equal("sent");
  });

  it("however long that takes in a run, and has all of its time then", async () => {
    const turns = given(undefined, 1_900);
    await start(() => OK, { turns });
    const run = { mayGoOn: () => true, toCome: 7 };
    const post = tried.poster.post("a", "x", { budgetMs: 1_000, run });
    await tried.timing.timerOf(250);
    tried.timing.move(250);
    await tried.timing.timerOf(1_900);
    tried.timing.move(1_900);
    await tried.server.received(1);
    expect(await post).to.equal("sent");
    expect(turns.asked).to.deep.equal(Array(2).fill({ mostMs: 2_000, toCome: 7 }));
  });

  it("and does not post when the run is not to go on by then", async () => {
    let may = true;
    await start(() => OK, { turns: given(50) });
    const post = tried.poster.post("a", "x", { run: { mayGoOn: async () => may, toCome: 0 } });
    await tried.timing.timerOf(50);
    may = false;
    tried.timing.move(50);
    expect(await post).to.equal("withdrawn");
    expect(tried.server.requests).to.have.length(0);
  });

  it("and beside the post settles what went on credit", async () => {
    const settled: string[] = [];
    let settle = () => {};
    const booked = new Promise<void>((resolve) => {
      settle = resolve;
    });
    await start(() => OK, { turns: { take: () => 0, settle: () => booked } });
    const post = tried.poster.post("a", "x").then((outcome) => settled.push(outcome));
    await tried.server.received(1);
    expect(settled).to.deep.equal([]);
    settle();
    await post;
    expect(settled).to.deep.equal(["sent"]);
  });
});
