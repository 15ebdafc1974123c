// Every argument and block of every stack exists in the AWS provider and takes what it is given, where Terraform is not installed.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type SynthesizeOptions, synthesize } from "#infra/synthesize.ts";
import { bundlesWithFanout, EVERY_SETTING, stageWithEverySetting } from "./every-setting.ts";
import { Bundles, readStack, temporaryFolder } from "./synthesized.ts";

/** As `terraform providers schema -json` has them: `"string"`, `["map", "string"]`. */
type Type = string | readonly [kind: string, of: Type | Readonly<Record<string, Type>>];

interface Attribute {
  readonly type: Type;
  readonly required?: boolean;
  readonly optional?: boolean;
}

interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, NestedBlock>>;
}

interface NestedBlock {
  readonly min_items?: number;
  readonly max_items?: number;
  readonly block: Block;
}

const FIXTURE = fileURLToPath(new URL("../fixtures/aws-provider-schema.json", import.meta.url));
const PROVIDER: { readonly resources: Readonly<Record<string, Block>> } = JSON.parse(readFileSync(FIXTURE, "utf8"));
const STAGES = fileURLToPath(new URL("../../stages", import.meta.url));
/** Terraform's own, allowed in every resource. */
const META = ["//", "depends_on", "lifecycle"];

/** JavaScript's types for Terraform's; a text may be given as what it looks like. */
const SCALARS: Readonly<Record<string, readonly string[]>> = {
  string: ["string", "number", "boolean"],
  bool: ["boolean"],
};

/** What is wrong with the arguments of a block, by the provider's schema. */
function faults(block: Block, args: Readonly<Record<string, unknown>>, at: string): string[] {
  const { attributes = {}, block_types = {} } = block;
  const required = Object.keys(attributes).filter((name) => attributes[name]?.required && !(name in args));
  const found = required.map((name) => `${at}.${name} is missing`);
  for (const [name, nested] of Object.entries(block_types))
    found.push(...faultsOfBlocks(nested, args[name], `${at}.${name}`));
  for (const [name, value] of Object.entries(args)) {
    const attribute = attributes[name];
    if (META.includes(name) || name in block_types) continue;
    if (attribute === undefined) found.push(`${at}.${name} is unknown`);
    else if (!attribute.required && !attribute.optional) found.push(`${at}.${name} cannot be set`);
    else if (!isOf(attribute.type, value)) found.push(`${at}.${name} is no ${JSON.stringify(attribute.type)}`);
  }
  return found;
}

function faultsOfBlocks({ min_items = 0, max_items = 0, block }: NestedBlock, value: unknown, at: string): string[] {
  const all = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const count = all.length < min_items || (max_items > 0 && all.length > max_items);
  return [...(count ? [`${at} is there ${all.length} times`] : []), ...all.flatMap((each) => faults(block, each, at))];
}

/** Whether Terraform takes a value: it turns numbers and truth values into texts, and an expression may become anything. */
function isOf(type: Type, value: unknown): boolean {
  if (typeof value === "string" && value.includes("${")) return true;
  if (typeof type === "string") return (SCALARS[type] ?? [type]).includes(typeof value);
  const [kind, of] = type;
  if (kind === "map") return isObject(value) && Object.values(value).every((each) => isOf(of as Type, each));
  if (kind === "object") {
    const types = of as Readonly<Record<string, Type>>;
    return isObject(value) && Object.entries(value).every(([name, each]) => isOf(types[name] ?? "none", each));
  }
  return Array.isArray(value) && value.every((each) => isOf(of as Type, each));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function faultsOf(options: Pick<SynthesizeOptions, "stageFiles" | "withBootstrap">, bundles: Bundles): string[] {
  const stacks = synthesize({ ...options, outdir: temporaryFolder(), withAccount: true, ...bundles });
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
