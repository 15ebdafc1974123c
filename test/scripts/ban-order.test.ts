import { expect } from "chai";
import { UsageError } from "#infra/command-line.ts";
import { readOrder } from "#scripts/ban-order.ts";

const URL = "https://abc123.execute-api.eu-central-1.amazonaws.com/prod";
const there = ["--management-url", URL];

describe("the command line of npm run ban", () => {
  it("is somebody, and where", () => {
    expect(readOrder(["user", "ann", ...there])).to.deep.include({ what: "user", id: "ann", managementUrl: URL });
    expect(readOrder(["connection", "XDmENcnwIE0CFEQ=", ...there])).to.include({ what: "connection" });
    expect(readOrder(["user", "ann", "--stage", "prod", ...there])?.stageFile).to.match(/stages.prod\.json$/);
    expect(readOrder(["lift", "ann"]), "nothing is ended").to.include({ what: "lift", id: "ann" });
    expect(readOrder(["--help"])).to.equal(undefined);
  });

  const wrong: readonly (readonly [args: string[], words: RegExp])[] = [
    [[], /Say whom: user, connection or lift\./],
    [["everybody"], /lift, not "everybody"/],
    [["user"], /Give one id after user/],
    [["user", "ann", "bob", ...there], /Give one id after user/],
    [["user", "ann ", ...there], /"ann " can be nobody's user id/],
    [["lift", "x".repeat(129)], /can be nobody's user id/],
    [["user", "ann"], /--management-url is missing: it is the stage's output/],
    [
      ["user", "ann", "--management-url", "wss://abc.test/prod"],
      /--management-url is "wss:\/\/abc\.test\/prod": it is/,
    ],
    [["user", "ann", "--management-url", "https://abc.test"], /--management-url is "https:\/\/abc\.test": it is/],
    [["user", "ann", "--stage", "dev", "--stage-file", "x", ...there], /not both/],
    [["user", "ann", "--until", "tomorrow", ...there], /--until/],
  ];
  for (const [args, words] of wrong) {
    it(`is refused as ${JSON.stringify(args).slice(0, 80)}`, () => {
      expect(() => readOrder(args)).to.throw(UsageError, words);
    });
  }
});
