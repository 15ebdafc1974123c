import { expect } from "chai";
import type { Member, MemberPage } from "#chat/ports.ts";
import { postInLanes, type Round } from "#chat/post-in-lanes.ts";

const LANES = 4;

/** Pages of ten. */
async function* pagesOf(
  count: number,
  readPage: (at: number) => Promise<void> = async () => {},
): AsyncGenerator<MemberPage> {
  for (let at = 0; at < count; at++) {
    await readPage(at);
    const members = Array.from({ length: 10 }, (_, place) => ({ connectionId: `${at * 10 + place}`, userId: "u" }));
    yield at === count - 1 ? { members } : { members, next: `page ${at + 1}` };
  }
}

describe("posts in lanes", () => {
  const posted: number[] = [];
  const passed: string[] = [];
  let underWay = 0;
  let most = 0;
  beforeEach(() => {
    posted.length = passed.length = underWay = most = 0;
  });

  const round = (change: Partial<Round> = {}, during: (at: number) => Promise<void> = async () => {}): Round => ({
    pages: pagesOf(3),
    lanes: LANES,
    mayGoOn: () => true,
    postTo: async ({ connectionId }: Member) => {
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      await during(Number(connectionId));
      underWay--;
      posted.push(Number(connectionId));
      return true;
    },
    passed: (members, next) => passed.push(`${members} to ${next ?? "the end"}`),
    ...change,
  });
  const waiting = () => {
    let goOn: () => void = () => {};
    const until = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    return { until, goOn };
  };
  const turns = async (count: number) => {
    for (let at = 0; at < count; at++) await new Promise(setImmediate);
  };

  it("reach everybody once, and never more at a time than there are lanes", async () => {
    expect(await postInLanes(round())).to.equal(true);
    expect(posted.toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: 30 }, (_, at) => at));
    expect(most).to.equal(LANES);
    expect(passed).to.deep.equal(["10 to page 1", "10 to page 2", "10 to the end"]);
  });

  it("go on past a slow one, and pass its page only with it, in order", async () => {
    const { until, goOn } = waiting();
    const done = postInLanes(round({}, async (at) => (at === 5 ? until : undefined)));
    await turns(100);
    expect(posted).to.have.lengthOf(29);
    expect(passed).to.deep.equal([]);
    goOn();
    expect(await done).to.equal(true);
    expect(passed).to.deep.equal(["10 to page 1", "10 to page 2", "10 to the end"]);
  });

  it("stop where they may not go on, and do not pass a page that has somebody left", async () => {
    const mayGoOn = async () => posted.length < 15;
    expect(await postInLanes(round({ mayGoOn }))).to.equal(false);
    expect(posted.length).to.be.within(15, 15 + LANES);
    expect(passed).to.deep.equal(["10 to page 1"]);
  });

  it("that are under way are waited for when a page cannot be read", async () => {
    const { until, goOn } = waiting();
    const pages = pagesOf(3, async (at) => {
      if (at === 1) throw new Error("no page");
    });
    let failure: unknown;
    const done = postInLanes(round({ pages }, async (at) => (at === 9 ? until : undefined))).catch((error) => {
      failure = error;
    });
    await turns(50);
    expect(failure, "not before the last post has ended").to.equal(undefined);
    goOn();
    await done;
    expect(failure).to.include({ message: "no page" });
    expect(posted).to.have.lengthOf(10);
  });

  it("of nobody are done at once", async () => {
    async function* nobody(): AsyncGenerator<MemberPage> {
      yield { members: [] };
    }
    expect(await postInLanes(round({ pages: nobody() }))).to.equal(true);
    expect(passed).to.deep.equal(["0 to the end"]);
  });
});
