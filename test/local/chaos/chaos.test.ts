import { expect } from "chai";
import { Chaos, describeFault, type Fault } from "#local/chaos/chaos.ts";
import { parseFaults } from "#local/chaos/parse-faults.ts";

describe("chaos", () => {
  it("strikes never without faults, and always with a share of 1", () => {
    const chaos = new Chaos();
    expect(chaos.strike("lambda-throttle")).to.equal(undefined);
    chaos.use([{ kind: "lambda-throttle", share: 1 }]);
    expect(chaos.strike("lambda-throttle")).to.deep.equal({ kind: "lambda-throttle", share: 1 });
    expect(chaos.strike("connections-500")).to.equal(undefined);
  });

  it("strikes as often as its share says, and the same way with the same seed", () => {
    const strikes = (seed: number): boolean[] => {
      const chaos = new Chaos({ faults: [{ kind: "disconnect-drop", share: 0.25 }], seed });
      return Array.from({ length: 4000 }, () => chaos.strike("disconnect-drop") !== undefined);
    };
    const first = strikes(7);
    expect(first.filter(Boolean).length).to.be.within(900, 1100);
    expect(strikes(7)).to.deep.equal(first);
    expect(strikes(8)).not.to.deep.equal(first);
  });

  it("is read from the command line, and described as it is written there", () => {
    const faults = parseFaults("disconnect-drop@10%, connections-delay=300ms@2.5%,clock-skew=-6m");
    expect(faults).to.deep.equal([
      { kind: "disconnect-drop", share: 0.1 },
      { kind: "connections-delay", share: 0.025, ms: 300 },
      { kind: "clock-skew", share: 1, ms: -360_000 },
    ]);
    expect(faults.map(describeFault)).to.deep.equal([
      "disconnect-drop@10%",
      "connections-delay=300ms@2.5%",
      "clock-skew=-360000ms@100%",
    ]);
    expect(parseFaults(faults.map(describeFault).join(","))).to.deep.equal(faults);
  });

  for (const [fault, reason] of [
    [{ kind: "stale-indexes", share: 1 }, /"stale-indexes" is no fault: there are disconnect-drop, /],
    [{ kind: "disconnect-drop", share: 10 }, /^disconnect-drop: share is 10; it is 0 \(never\) to 1 \(always\)$/],
    [{ kind: "disconnect-drop", share: Number.NaN }, /share is NaN/],
    [{ kind: "stale-index", share: 1 }, /^stale-index: ms is undefined; it is a number of milliseconds$/],
    [{ kind: "connections-delay", share: 1, ms: -1 }, /connections-delay: ms is -1/],
    [{ kind: "lambda-throttle", share: 1, ms: 5 }, /lambda-throttle: ms is 5, and lambda-throttle takes no duration/],
  ] as const) {
    it(`refuses ${JSON.stringify(fault)} of a program`, () => {
      const faults = [fault as Fault];
      expect(() => new Chaos({ faults })).to.throw(reason);
      expect(() => new Chaos().use(faults)).to.throw(reason);
    });
  }

  for (const [text, reason] of [
    ["disconect-drop", /"disconect-drop" is no fault: there are disconnect-drop, /],
    ["disconnect-drop@ten", /"ten" should be a percentage/],
    ["disconnect-drop@101%", /"101%" should be a percentage/],
    ["disconnect-delay", /needs a duration, like disconnect-delay=5s/],
    ["disconnect-delay=-5s", /"-5s" should be a duration/],
    ["connections-delay=5", /"5" should be a duration/],
    ["lambda-throttle=5s", /takes no duration/],
    ["stale-index", /needs a duration, like stale-index=5s/],
    ["stale-index=-2s", /"-2s" should be a duration/],
  ] as const) {
    it(`refuses ${text}`, () => {
      expect(() => parseFaults(text)).to.throw(reason);
    });
  }
});
