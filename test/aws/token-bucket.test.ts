import { expect } from "chai";
import fc from "fast-check";
import { TokenBucket } from "#aws/token-bucket.ts";
import { ManualTiming } from "./support/manual-timing.ts";

describe("the token bucket", () => {
  it("gives the burst at once, and then one after the other", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, new ManualTiming());
    const waits = Array.from({ length: 6 }, () => bucket.reserve(10_000));
    expect(waits).to.deep.equal([0, 0, 0, 100, 200, 300]);
  });

  it("is full again after a pause, and no fuller", () => {
    const timing = new ManualTiming();
    const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, timing);
    for (let count = 0; count < 5; count++) bucket.reserve(10_000);
    timing.move(60_000);
    expect(Array.from({ length: 3 }, () => bucket.reserve(10_000))).to.deep.equal([0, 0, 100]);
  });

  it("takes no token for who cannot wait that long", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 1 }, new ManualTiming());
    bucket.reserve(0);
    expect(bucket.reserve(99)).to.equal(undefined);
    expect(bucket.reserve(100)).to.equal(100);
  });

  it("never lets more through than burst and rate allow, whatever the rhythm", () => {
    const rhythm = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        rhythm,
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 20 }),
        (pauses, perSecond, burst) => {
          const timing = new ManualTiming();
          const bucket = new TokenBucket({ perSecond, burst }, timing);
          const uses: number[] = [];
          for (const pause of pauses) {
            timing.move(pause);
            uses.push(timing.elapsed() + (bucket.reserve(Number.POSITIVE_INFINITY) ?? Number.NaN));
          }
          for (let first = 0; first < uses.length; first++) {
            for (let last = first; last < uses.length; last++) {
              const seconds = ((uses[last] ?? 0) - (uses[first] ?? 0)) / 1000;
              expect(last - first + 1).to.be.at.most(burst + seconds * perSecond + 1e-6);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("refuses a rate that lets nothing through", () => {
    const wrong = [
      { perSecond: 0, burst: 1 },
      { perSecond: 10, burst: 0 },
      { perSecond: Number.NaN, burst: 1 },
    ];
    for (const rate of wrong) {
      expect(() => new TokenBucket(rate, new ManualTiming())).to.throw(
        RangeError,
        `${rate.perSecond} and ${rate.burst}`,
      );
    }
  });
});
