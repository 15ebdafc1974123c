import { expect } from "chai";
import { CachedCredentials, type Identity } from "#aws/cached-credentials.ts";
import { ManualTiming } from "./support/manual-timing.ts";

const HOUR_MS = 3_600_000;

describe("the cached credentials", () => {
  let timing: ManualTiming;
  let asked: (boolean | undefined)[];
  const cacheOf = (lifetimeMs?: number) =>
    new CachedCredentials(async (options) => {
      asked.push(options?.forceRefresh);
      const expiration = lifetimeMs === undefined ? undefined : new Date(timing.now() + lifetimeMs);
      return { accessKeyId: `KEY${asked.length}`, secretAccessKey: "secret", expiration };
    }, timing);
  const keyOf = async (cache: CachedCredentials) => (await cache.get()).accessKeyId;

  beforeEach(() => {
    timing = new ManualTiming();
    asked = [];
  });

  it("are asked for once, by however many at once", async () => {
    const cache = cacheOf();
    const keys = await Promise.all([keyOf(cache), keyOf(cache), keyOf(cache)]);
    timing.move(1_000 * HOUR_MS);
    expect([...keys, await keyOf(cache)]).to.deep.equal(Array(4).fill("KEY1"));
    expect(asked).to.have.length(1);
  });

  it("are at hand without a promise once they are known", async () => {
    const cache = cacheOf();
    const first = await cache.get();
    expect(cache.get()).to.equal(first);
  });

  it("are asked for again five minutes before they expire", async () => {
    const cache = cacheOf(HOUR_MS);
    await cache.get();
    timing.move(HOUR_MS - 300_001);
    expect(await keyOf(cache)).to.equal("KEY1");
    timing.move(1);
    expect(await keyOf(cache)).to.equal("KEY2");
  });

  it("are renewed when AWS calls them expired, once for all who were refused", async () => {
    const cache = cacheOf();
    const refused = await cache.get();
    cache.discard(refused);
    expect(await keyOf(cache)).to.equal("KEY2");
    cache.discard(refused);
    expect(await keyOf(cache)).to.equal("KEY2");
    expect(asked).to.deep.equal([undefined, true]);
  });

  it("are asked for again after they could not be found", async () => {
    let answer: Identity | undefined;
    const cache = new CachedCredentials(async () => {
      if (answer) return answer;
      throw new Error("no credentials");
    }, timing);
    const failure = await Promise.resolve(cache.get()).catch((error: Error) => error.message);
    expect(failure).to.equal("no credentials");
    answer = { accessKeyId: "KEY", secretAccessKey: "secret" };
    expect(await keyOf(cache)).to.equal("KEY");
  });
});
