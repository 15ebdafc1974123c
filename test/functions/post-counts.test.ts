import { expect } from "chai";
import type { PostOutcome } from "#chat/post-ports.ts";
import { countPosts } from "#functions/runtime/post-counts.ts";

describe("what became of a request's posts", () => {
  let now: number;
  let lines: string[];
  beforeEach(() => {
    now = 1_700_000_000_000;
    lines = [];
  });

  /** A handler whose event says what becomes of each post. */
  function requests() {
    const outcomes: PostOutcome[] = [];
    const poster = { post: async (): Promise<PostOutcome> => outcomes.shift() ?? "sent" };
    const { ports, telling } = countPosts(
      { poster, clock: { now: () => now } },
      { stage: "dev", write: (line) => lines.push(line) },
    );
    return telling(async (event: readonly PostOutcome[]) => {
      outcomes.push(...event);
      const answers: PostOutcome[] = [];
      for (const _ of event) answers.push(await ports.poster.post("c1", "{}"));
      if (answers.includes("failed")) throw new Error("no");
      return answers;
    });
  }

  const told = () => lines.map((line) => JSON.parse(line));

  it("is told after the first one, as CloudWatch reads it, and changes nothing for it", async () => {
    expect(await requests()(["sent", "gone", "sent", "throttled"])).to.deep.equal([
      "sent",
      "gone",
      "sent",
      "throttled",
    ]);
    const [{ _aws, ...line }] = told();
    const counts = { posted: 2, gone: 1, throttled: 1, failed: 0 };
    expect(line).to.deep.equal({ level: "WARN", Stage: "dev", event: "posted", ...counts });
    const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
    expect([Namespace, Dimensions, _aws.Timestamp]).to.deep.equal(["WebSocketApi", [["Stage"]], now]);
    expect(Metrics.map(({ Name }: { Name: string }) => Name)).to.deep.equal(["posted", "gone", "throttled", "failed"]);
  });

  it("is added up then, and told every ten seconds at most", async () => {
    const handle = requests();
    await handle(["sent"]);
    now += 9_999;
    await handle(["sent", "sent"]);
    expect(lines).to.have.lengthOf(1);
    now += 1;
    await handle(["gone"]);
    expect(told().map(({ posted, gone }) => [posted, gone])).to.deep.equal([
      [1, 0],
      [2, 1],
    ]);
  });

  it("is not told when there was none", async () => {
    await requests()([]);
    expect(lines).to.deep.equal([]);
  });

  it("is told when the request fails, too", async () => {
    let message = "";
    await requests()(["sent", "failed"]).catch((error: Error) => {
      message = error.message;
    });
    expect(message).to.equal("no");
    expect(told().map(({ posted, failed }) => [posted, failed])).to.deep.equal([[1, 1]]);
  });
});
