import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { expect } from "chai";
import { ask } from "#scripts/deploy/ask.ts";
import { Declined, type StepError } from "#scripts/deploy/step-error.ts";

/** What is typed when the question is seen; what came of it, and the end of what was shown. */
async function asked(typed: string, isTTY = true): Promise<{ failure: StepError | undefined; shown: string }> {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  const seen: string[] = [];
  output.on("data", (chunk) => {
    seen.push(String(chunk));
    if (String(chunk).includes("Type yes")) setImmediate(() => input.write(typed));
  });
  const failure = await ask("Apply?", "yes", "Give --yes.", { input, output }).then(
    () => undefined,
    (error: StepError) => error,
  );
  output.end();
  await finished(output);
  return { failure, shown: seen.join("") };
}

describe("the question before a plan is applied", () => {
  it("is answered by the very word", async () => {
    expect((await asked("yes\n")).failure).to.equal(undefined);
    expect((await asked("y\n")).failure)
      .to.be.instanceOf(Declined)
      .with.property("message", '"y" is not yes.');
  });

  for (const [keys, typed] of [
    ["Ctrl-C", "\u0003"],
    ["Ctrl-C after a word", "yes\u0003"],
    ["Ctrl-D", "\u0004"],
  ] as const)
    it(`is declined by ${keys}, and nothing was changed`, async () => {
      const { failure, shown } = await asked(typed);
      expect(failure).to.be.instanceOf(Declined).with.property("message", "The question was not answered.");
      expect(failure?.changed).to.equal("Nothing was changed in AWS.");
      expect(shown).to.match(/\n$/);
    });

  it("is not asked where nobody is", async () => {
    const { failure, shown } = await asked("yes\n", false);
    expect(failure?.next).to.equal("Give --yes.");
    expect(shown).to.equal("");
  });
});
