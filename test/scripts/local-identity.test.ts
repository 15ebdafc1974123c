import path from "node:path";
import { expect } from "chai";
import { asksAnExampleIssuer } from "#scripts/local-identity.ts";
import { root } from "#scripts/root.ts";

describe("an issuer on this machine", () => {
  it("stands in where a stage's own is an example, and only there", () => {
    const asks = (stage: string) => asksAnExampleIssuer(path.join(root, "stages", `${stage}.json`));
    expect(asks("prod")).to.equal(true);
    expect(asks("dev")).to.equal(false);
  });
});
