// What the poster mends itself when a post is refused, and what it tells.
import { expect } from "chai";
import { OK } from "./support/scripted-server.ts";
import { answer, ID, useTriedPoster } from "./support/tried-poster.ts";

describe("the connection poster meets a refusal", () => {
  const tried = useTriedPoster();
  const { start } = tried;

  it("by telling once a minute what has to be set right, not for every recipient", async () => {
    await start(({ head }) => {
      const [, connection = ""] = /@connections\/(\w+)/.exec(head) ?? [];
      return answer(403, { "x-amzn-ErrorType": "ForbiddenException" }, `{"message":"not allowed on ${connection}"}`);
    });
    const outcomes = await Promise.all(["a", "b", "c"].map((id) => tried.poster.post(id, "x")));
    expect(outcomes).to.deep.equal(["failed", "failed", "failed"]);
    expect(tried.failures).to.have.length(1);
    expect(tried.failures[0]?.message.replace(/on [abc] /, "on a ")).to.equal(
      "@connections answered 403 ForbiddenException: not allowed on a (the function's role needs execute-api:ManageConnections " +
        `on POST/@connections/*, and ${tried.server.origin.href} has to be the stage's URL)`,
    );
    expect(tried.server.requests).to.have.length(3);
    tried.timing.move(60_000);
    await tried.poster.post("a", "x");
    expect(tried.failures).to.have.length(2);
  });

  it("of a wrong clock by signing with AWS's, from then on", async () => {
    await start(({ head }) => {
      const day = /x-amz-date: (\d{8})/.exec(head)?.[1];
      return day === "20260830" ? OK : answer(403, { Date: "Sun, 30 Aug 2026 12:36:00 GMT" });
    });
    tried.timing.jump(Date.parse("2031-01-01T00:00:00Z") - tried.timing.now());
    expect(await tried.poster.post("a", "x")).to.equal("sent");
    expect(await tried.poster.post("b", "x")).to.equal("sent");
    expect(tried.server.requests).to.have.length(3);
  });

  it("of every post under way by signing each once more", async () => {
    await start(({ head }) =>
      head.includes("20310101T") ? answer(403, { Date: "Sun, 30 Aug 2026 12:36:00 GMT" }) : OK,
    );
    tried.timing.jump(Date.parse("2031-01-01T00:00:00Z") - tried.timing.now());
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, at) => tried.poster.post(`c${at}`, "x")));
    expect(new Set(outcomes)).to.deep.equal(new Set(["sent"]));
    expect(tried.server.requests).to.have.length(40);
  });

  it("of a right clock without signing again", async () => {
    await start(() => answer(403, { Date: new Date(tried.timing.now()).toUTCString() }));
    expect(await tried.poster.post(ID, "x")).to.equal("failed");
    expect(tried.server.requests).to.have.length(1);
  });

  it("of an expired token by asking for new credentials, once", async () => {
    const expired = answer(403, { "x-amzn-ErrorType": "ExpiredTokenException" }, '{"message":"expired"}');
    let keys = 0;
    await start(
      ({ head }) => (head.includes("Credential=KEY1/") ? expired : OK),
      {},
      async () => ({ accessKeyId: `KEY${++keys}`, secretAccessKey: "secret" }),
    );
    expect(await tried.poster.post("a", "x")).to.equal("sent");
    expect(await tried.poster.post("b", "x")).to.equal("sent");
    expect(keys).to.equal(2);
  });

  it("of the credential provider like one of AWS", async () => {
    await start(
      () => OK,
      {},
      () => Promise.reject(new Error("Could not load credentials from any providers")),
    );
    expect(await Promise.all([tried.poster.post("a", "x"), tried.poster.post("b", "x")])).to.deep.equal([
      "failed",
      "failed",
    ]);
    expect(tried.failures.map(({ message }) => message)).to.deep.equal([
      "Posts cannot be signed: Could not load credentials from any providers",
    ]);
  });
});
