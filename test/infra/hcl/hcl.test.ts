// What is written for those who go on without TypeScript: the same to Terraform, and laid out as it would. Needs terraform, a mirror of the AWS
// provider and python3 with moto for that; skipped with the reason where they are missing.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { nestedBlocks } from "#infra/hcl/nested-blocks.ts";
import { renderHcl } from "#infra/hcl/render.ts";
import { refuseToOverwrite, replaceByHcl } from "#infra/hcl/write-hcl.ts";
import { SynthError } from "#infra/synth-error.ts";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { bundlesWithFanout, EVERY_SETTING, stageWithEverySetting } from "../every-setting.ts";
import { readStack, temporaryFolder } from "../synthesized.ts";
import { type Moto, missingMoto, startMoto } from "../terraform/moto.ts";
import { skipUnless } from "../terraform/skip-unless.ts";
import { findTerraform, type Installed, Terraform } from "../terraform/terraform.ts";

const { issuer: _, audience: __, jwksUri: ___, ...ownAuth } = EVERY_SETTING.auth;

/** Every setting there is, in two stages, and the stacks of account and state. */
function everything(outdir = temporaryFolder()): SynthesizedStack[] {
  const withPool = { auth: { ...ownAuth, create: "cognito" } };
  const options = { outdir, ...bundlesWithFanout() };
  const first = synthesize({
    ...options,
    stageFiles: [stageWithEverySetting()],
    withAccount: true,
    withBootstrap: true,
  });
  const outdir2 = temporaryFolder();
  return [...first, ...synthesize({ ...options, outdir: outdir2, stageFiles: [stageWithEverySetting(withPool)] })];
}

const textOf = (stack: SynthesizedStack): string => renderHcl({ ...readStack(stack) }, nestedBlocks(stack.construct));

/** A plan without its time, and without an order where terraform has none. */
function sayings(text: string): object {
  const { timestamp: _, relevant_attributes = [], ...plan } = JSON.parse(text, withoutTemplates);
  return { ...plan, relevant: relevant_attributes.map((each: object) => JSON.stringify(each)).sort() };
}

/** For JSON.parse: what is made of references, or by jsonencode, terraform shows in the configuration only where it stands in JSON. */
function withoutTemplates(key: string, value: unknown): unknown {
  return key === "constant_value" && /[$%]\{|^"[[{]/.test(JSON.stringify(value)) ? undefined : value;
}

describe("a stack in HCL", () => {
  const stacks = everything();
  const [stage] = stacks as [SynthesizedStack];

  it("has all that the stack has, with the reasons for what it is exempt from", () => {
    for (const stack of stacks) {
      const { resource } = readStack(stack);
      const text = textOf(stack);
      const heads = [...text.matchAll(/^resource "(\w+)" "([\w-]+)" \{$/gm)].map(([, type, name]) => `${type}.${name}`);
      const addresses = Object.entries(resource).flatMap(([type, all]) =>
        Object.keys(all).map((name) => `${type}.${name}`),
      );
      expect(heads).to.deep.equal(addresses);
    }
    expect(textOf(stage)).to.include("# exempt from route-authorized: API Gateway asks at $connect only");
  });

  it("tells blocks from arguments", () => {
    const text = textOf(stage);
    expect(text).to.include("\n  environment {\n    variables = {\n");
    expect(text)
      .to.include('provider "aws" {\n  allowed_account_ids = ["123456789012"]\n  region ')
      .and.include("\n  default_tags {\n    tags = {\n");
    expect(text.match(/\n {2}notification \{\n/g)).to.have.lengthOf(2);
    expect(text).to.include(" = [aws_iam_role_policy.message_policy]\n");
    expect(text).to.include("\n  lifecycle {\n    create_before_destroy = true\n  }\n");
  });

  it("says documents as what they are made of", () => {
    const text = textOf(stage);
    expect(text).to.include(
      "\n  dashboard_body = jsonencode({\n    widgets = [\n      {\n        height = 6\n        properties = {\n",
    );
    expect(text).to.include("  policy = jsonencode({\n    Statement = [\n      {\n        Action = ");
    expect(text).to.include("\n        Resource = [aws_dynamodb_table.connections.arn]\n");
    for (const stack of stacks)
      expect(textOf(stack).match(/^ *(?:dashboard_body|policy|assume_role_policy) += "/gm)).to.equal(null);
  });

  it("interpolates nothing but texts in documents, since a number would be no text any more", () => {
    const alone = stacks.flatMap((stack) => {
      const documents = textOf(stack).match(/jsonencode\([\s\S]*?\n {2}\}\)$/gm) ?? [];
      return documents.flatMap((each) => [...each.matchAll(/(?<=[=[,] )(?:data\.)?[a-z]\w*\.[\w-]+\.([\w.]+)/g)]);
    });
    expect(alone).to.have.length.above(20);
    const attributes = [...new Set(alone.map(([, attribute]) => attribute))];
    expect(attributes).to.have.members(["arn", "id", "function_name", "account_id"]);
  });

  it("takes the place of cdk.tf.json, and is not written over", () => {
    const outdir = temporaryFolder();
    const [stack] = everything(outdir) as [SynthesizedStack];
    refuseToOverwrite(outdir);
    const file = replaceByHcl(stack);
    expect(file).to.equal(path.join(stack.directory, "main.tf"));
    expect(() => readFileSync(stack.file)).to.throw("ENOENT");
    expect(() => refuseToOverwrite(outdir)).to.throw(SynthError, "main.tf is there already");
  });

  describe("to terraform", () => {
    const installed = findTerraform();
    let moto: Moto | undefined;

    before(async function () {
      this.timeout(60_000);
      skipUnless(this, installed, missingMoto());
      moto = await startMoto();
    });
    after(() => moto?.stop());

    /** What terraform would do, and with what; in its own words, but for where they stand. */
    async function planned(stack: SynthesizedStack, found: Installed, inHcl: boolean): Promise<unknown> {
      const folder = temporaryFolder();
      const terraform = new Terraform(folder, found, `http://127.0.0.1:${moto?.port}`);
      terraform.use(stack.directory);
      if (inHcl) {
        const json = path.join(folder, "cdk.tf.json");
        const text = renderHcl(JSON.parse(readFileSync(json, "utf8")), nestedBlocks(stack.construct));
        writeFileSync(path.join(folder, "main.tf"), text);
        rmSync(json);
        await succeed(terraform, "fmt", "-check", "-diff");
      }
      await succeed(terraform, "init", "-input=false");
      await succeed(terraform, "validate");
      await succeed(terraform, "plan", "-input=false", "-out=plan");
      return sayings(await succeed(terraform, "show", "-json", "plan"));
    }

    async function succeed(terraform: Terraform, ...args: string[]): Promise<string> {
      const { status, output } = await terraform.run(...args);
      expect(status, output).to.equal(0);
      return output;
    }

    for (const [at, stack] of stacks.entries()) {
      it(`says the same as its JSON, and is formatted: ${at + 1}, ${stack.name}`, async function () {
        this.timeout(120_000).slow(30_000);
        skipUnless(this, installed);
        const [hcl, json] = await Promise.all([planned(stack, installed, true), planned(stack, installed, false)]);
        expect(hcl).to.deep.equal(json);
      });
    }
  });
});
