// Every argument and block of every stack exists in the AWS provider: a check of the words, where Terraform is not installed.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { synthesize } from "#infra/synthesize.ts";
import { StageFolder } from "../stages/stage-folder.ts";
import { Bundles, readStack, temporaryFolder } from "./synthesized.ts";

interface Block {
  readonly attributes?: Readonly<Record<string, { readonly required?: boolean; readonly optional?: boolean }>>;
  readonly block_types?: Readonly<Record<string, { readonly min_items?: number; readonly block: Block }>>;
}

const FIXTURE = fileURLToPath(new URL("../fixtures/aws-provider-schema.json", import.meta.url));
const PROVIDER: { readonly resources: Readonly<Record<string, Block>> } = JSON.parse(readFileSync(FIXTURE, "utf8"));
const STAGES = fileURLToPath(new URL("../../stages", import.meta.url));
/** Terraform's own, allowed in every resource. */
const META = ["//", "depends_on", "lifecycle"];

/** What is wrong with the arguments of a block, by the provider's schema. */
function faults(block: Block, args: Readonly<Record<string, unknown>>, at: string): string[] {
  const { attributes = {}, block_types = {} } = block;
  const required = Object.keys(attributes).filter((name) => attributes[name]?.required && !(name in args));
  const found = required.map((name) => `${at}.${name} is missing`);
  for (const [name, value] of Object.entries(args)) {
    const nested = block_types[name]?.block;
    const attribute = attributes[name];
    if (META.includes(name)) continue;
    if (nested !== undefined) {
      const blocks = Array.isArray(value) ? value : [value];
      found.push(...blocks.flatMap((each) => faults(nested, each, `${at}.${name}`)));
    } else if (attribute === undefined) {
      found.push(`${at}.${name} is unknown`);
    } else if (!attribute.required && !attribute.optional) {
      found.push(`${at}.${name} cannot be set`);
    }
  }
  return found;
}

function faultsOf(stageFiles: readonly string[]): string[] {
  const bundles = new Bundles();
  bundles.permit("message", { tables: { connections: ["PutItem"] }, manageConnections: ["POST"] });
  const stacks = synthesize({ stageFiles, outdir: temporaryFolder(), withAccount: true, ...bundles });
  return stacks.flatMap((stack) =>
    Object.entries(readStack(stack).resource).flatMap(([type, resources]) =>
      Object.entries(resources).flatMap(([name, args]) => {
        const schema = PROVIDER.resources[type];
        return schema === undefined ? [`${type} is unknown`] : faults(schema, args, `${stack.name} ${type}.${name}`);
      }),
    ),
  );
}

describe("the AWS provider", () => {
  for (const stage of ["dev", "staging", "prod"]) {
    it(`knows everything of ${stage}`, () => {
      expect(faultsOf([path.join(STAGES, `${stage}.json`)])).to.deep.equal([]);
    });
  }

  it("knows everything of a stage that uses every setting", () => {
    const stage = new StageFolder().stage({
      aws: { accountId: "123456789012" },
      api: { description: "all", ipAddressType: "dualstack" },
      routes: { sendMessage: { throttle: { burst: 1, rate: 1 } } },
      functions: { message: { reservedConcurrency: 3, environment: { A1: "b" } } },
      stageVariables: { a: "b" },
    });
    expect(faultsOf([stage])).to.deep.equal([]);
  });

  it("would be seen not to know an argument", () => {
    const schema = PROVIDER.resources.aws_lambda_alias as Block;
    expect(faults(schema, { name: "live", function_nam: "x", arn: "y", function_version: "1" }, "alias")).to.deep.equal(
      ["alias.function_name is missing", "alias.function_nam is unknown", "alias.arn cannot be set"],
    );
  });
});
