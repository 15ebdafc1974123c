// What the poster sends again, after which pause, and how long.
import { expect } from "chai";
import { OK } from "./support/scripted-server.ts";
import { answer, ID, useTriedPoster } from "./support/tried-poster.ts";

describe("the connection poster tries again", () => {
  const tried = useTriedPoster();
  const { start } = tried;

  it("after 429, 5xx and a lost connection, each time after a longer jittered pause", async () => {
    await start(({ socket }, count) => {
      if (count === 3) return void socket.destroy();
      return [answer(429), answer(503), "", answer(500)][count - 1] ?? OK;
    });
    const post = tried.poster.post(ID, "x");
    for (const ms of [25, 50, 100]) {
      await tried.timing.timerOf(ms);
      tried.timing.move(ms);
    }
    expect(await post).to.equal("sent");
    // the third was sent again at once, on a new socket: the server had closed an idle one
    expect(tried.server.requests).to.have.length(5);
    expect(tried.failures).to.deep.equal([]);
  });

  it("after a request that got no answer in time", async () => {
    await start((_, count) => (count === 1 ? undefined : OK));
    const post = tried.poster.post(ID, "x");
    await tried.server.received(1);
    tried.timing.move(3_000);
    await tried.timing.timerOf(25);
    tried.timing.move(25);
    expect(await post).to.equal("sent");
  });

  it("until its time is over, and then says so", async () => {
    await start(() => answer(500));
    tried.timing.chance = 1;
    const post = tried.poster.post(ID, "x", { budgetMs: 400 });
    for (const ms of [50, 100, 200]) {
      await tried.timing.timerOf(ms);
      tried.timing.move(ms);
    }
    expect(await post).to.equal("failed");
    expect(tried.failures.map(({ message }) => message)).to.deep.equal(["@connections answered 500"]);
    expect(tried.server.requests).to.have.length(4);
  });

  it("with a request that lasts no longer than what is left", async () => {
    await start(() => undefined);
    const post = tried.poster.post(ID, "x", { budgetMs: 400 });
    await tried.server.received(1);
    tried.timing.move(400);
    expect(await post).to.equal("failed");
    expect(tried.failures[0]?.message).to.contain("no answer within 400 ms");
  });

  it("only when that is asked for, where others wait for their first attempt: after a pause", async () => {
    await start(({ head }, count) => {
      if (head.includes("/d ")) return answer(410);
      return [answer(429), answer(503), answer(429)][count - 1] ?? OK;
    });
    expect(await tried.poster.post("a", "x", { attempts: "first" })).to.equal("later");
    expect(await tried.poster.post("b", "x", { attempts: "first" })).to.equal("later");
    expect(await tried.poster.post("c", "x", { attempts: "only" })).to.equal("throttled");
    expect(await tried.poster.post("d", "x", { attempts: "first", connectedAt: tried.timing.now() })).to.equal("later");
    expect(await tried.poster.post("d", "x", { attempts: "first", connectedAt: tried.timing.now() - 1_000 })).to.equal(
      "gone",
    );
    expect(tried.server.requests).to.have.length(5);
    const again = tried.poster.post("a", "x", { attempts: "again" });
    await tried.timing.timerOf(25);
    expect(tried.server.requests).to.have.length(5);
    tried.timing.move(25);
    expect(await again).to.equal("sent");
    const young = tried.poster.post("d", "x", { attempts: "again", connectedAt: tried.timing.now() });
    await tried.timing.timerOf(250);
    tried.timing.move(250);
    expect(await young).to.equal("gone");
    expect(tried.failures).to.deep.equal([]);
  });

  it("and says nothing of it where it may get lost", async () => {
    await start(() => undefined);
    const post = tried.poster.post(ID, "x", { budgetMs: 400, mayGetLost: true });
    await tried.server.received(1);
    tried.timing.move(400);
    expect(await post).to.equal("throttled");
    expect(tried.failures).to.deep.equal([]);
  });

  it("not at all when there is no time", async () => {
    await start(() => OK);
    expect(await tried.poster.post(ID, "x", { budgetMs: 0 })).to.equal("throttled");
    expect(tried.server.requests).to.deep.equal([]);
  });

  it("once, when a connection that has just come is not there yet", async () => {
    await start((_, count) => (count === 1 ? answer(410) : OK));
    const post = tried.poster.post(ID, "x", { connectedAt: tried.timing.now() - 900 });
    await tried.timing.timerOf(250);
    tried.timing.move(250);
    expect(await post).to.equal("sent");
  });

  it("not more than once, and not when the connection is older", async () => {
    await start(() => answer(410));
    expect(await tried.poster.post(ID, "x", { connectedAt: tried.timing.now() - 1_000 })).to.equal("gone");
    const post = tried.poster.post(ID, "x", { connectedAt: tried.timing.now() });
    await tried.timing.timerOf(250);
    tried.timing.move(250);
    expect(await post).to.equal("gone");
    expect(tried.server.requests).to.have.length(3);
  });
});
