import path from "node:path";
import { expect } from "chai";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { signInConfig } from "#infra/web-sign-in.ts";
import { missingIssuer, startLocalIdentity } from "#scripts/local-identity.ts";
import { root } from "#scripts/root.ts";
import { stageWithEverySetting } from "#test/infra/every-setting.ts";
import { temporaryFolder } from "#test/infra/synthesized.ts";
import { StageFolder } from "#test/stages/stage-folder.ts";

describe("an issuer on this machine", () => {
  it("stands in where a stage's own is an example, or not made yet, and only there", () => {
    const missing = (stage: string) => missingIssuer(path.join(root, "stages", `${stage}.json`));
    expect(missing("prod")).to.equal("the stage's issuer is an example");
    expect(missing("dev")).to.equal(undefined);
    const auth = { mode: "jwt", create: "cognito" };
    const made = new StageFolder().stage({ auth, functions: { authorize: {} } });
    expect(missingIssuer(made)).to.equal("the stage's user pool is made at the deployment");
  });

  const project = (stage: string) => path.join(root, "stages", `${stage}.json`);
  for (const [what, file] of [
    ["dev", project("dev")],
    ["staging", project("staging")],
    ["prod", project("prod")],
    ["a stage with every setting", stageWithEverySetting()],
    [
      "a stage with a user pool of its own",
      new StageFolder().stage({ auth: { mode: "jwt", create: "cognito" }, functions: { authorize: {} } }),
    ],
  ] as const) {
    it(`takes the place of what ${what} says of tokens, and leaves the rest`, async () => {
      const { stageFile, issuer } = await startLocalIdentity(file, temporaryFolder());
      await issuer.close();
      const [before, after] = [loadStage(file), loadStage(stageFile)];
      expect(after.auth).to.include({ mode: "jwt", issuer: issuer.url, audience: "local", tokenUse: "id" });
      expect(after.auth).not.to.have.any.keys("jwksUri", "roomsPrefix", "create");
      expect(signInConfig(after, after.auth)).to.deep.include({ clientId: "local", scopes: ["openid", "profile"] });
      for (const part of ["rooms", "routes", "tables", "delivery"] as const)
        expect(after[part]).to.deep.equal(before[part]);
    });
  }
});
