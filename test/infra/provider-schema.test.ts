// Every argument and block of every stack exists in the AWS provider and takes what it is given, where Terraform is not installed.
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type SynthesizeOptions, synthesize } from "#infra/synthesize.ts";
import { bundlesWithFanout, EVERY_SETTING, stageWithEverySetting } from "./every-setting.ts";
import { type Block, faults, faultsOfStack, PROVIDER } from "./provider-faults.ts";
import { Bundles, readStack, temporaryFolder } from "./synthesized.ts";

const STAGES = fileURLToPath(new URL("../../stages", import.meta.url));
function faultsOf(options: Pick<SynthesizeOptions, "stageFiles" | "withBootstrap">, bundles: Bundles): string[] {
  const stacks = synthesize({ ...options, outdir: temporaryFolder(), withAccount: true, ...bundles });
  return stacks.flatMap((stack) => faultsOfStack(stack.name, readStack(stack).resource));
}

describe("the AWS provider", () => {
  it("knows everything of a stage that uses every setting, and takes every value", () => {
    const options = { stageFiles: [stageWithEverySetting()], withBootstrap: true };
    expect(faultsOf(options, bundlesWithFanout())).to.deep.equal([]);
  });

  it("knows everything of a stage that makes a user pool", () => {
    const { issuer: _, audience: __, jwksUri: ___, ...auth } = EVERY_SETTING.auth;
    const options = { stageFiles: [stageWithEverySetting({ auth: { ...auth, create: "cognito" } })] };
    expect(faultsOf(options, bundlesWithFanout())).to.deep.equal([]);
  });

  const examples = readdirSync(path.join(STAGES, "examples")).map((file) => `examples/${path.basename(file, ".json")}`);
  for (const stage of ["dev", "staging", "prod", ...examples]) {
    it(`knows everything of ${stage}`, () => {
      const stageFile = path.join(STAGES, `${stage}.json`);
      expect(faultsOf({ stageFiles: [stageFile] }, Bundles.ofProject())).to.deep.equal([]);
    });
  }

  it("would be seen not to know an argument", () => {
    const schema = PROVIDER.resources.aws_lambda_alias as Block;
    expect(faults(schema, { name: "live", function_nam: "x", arn: "y", function_version: "1" }, "alias")).to.deep.equal(
      ["alias.function_name is missing", "alias.function_nam is unknown", "alias.arn cannot be set"],
    );
  });

  it("would be seen not to take a value, or a block so often", () => {
    const table = { name: ["x"], deletion_protection_enabled: "yes", tags: { a: {} }, ttl: [{}, {}] };
    expect(faults(PROVIDER.resources.aws_dynamodb_table as Block, table, "table")).to.deep.equal([
      "table.ttl is there 2 times",
      'table.name is no "string"',
      'table.deletion_protection_enabled is no "bool"',
      'table.tags is no ["map","string"]',
    ]);
  });
});
