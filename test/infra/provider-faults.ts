// Whether the AWS provider knows the arguments and blocks of a stack and takes what they are given, by its schema: without Terraform.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Resources } from "./synthesized.ts";

/** As `terraform providers schema -json` has them: `"string"`, `["map", "string"]`. */
type Type = string | readonly [kind: string, of: Type | Readonly<Record<string, Type>>];

interface Attribute {
  readonly type: Type;
  readonly required?: boolean;
  readonly optional?: boolean;
}

export interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, NestedBlock>>;
}

interface NestedBlock {
  readonly min_items?: number;
  readonly max_items?: number;
  readonly block: Block;
}

const FIXTURE = fileURLToPath(new URL("../fixtures/aws-provider-schema.json", import.meta.url));
export const PROVIDER: { readonly resources: Readonly<Record<string, Block>> } = JSON.parse(
  readFileSync(FIXTURE, "utf8"),
);
/** Terraform's own, allowed in every resource. */
const META = ["//", "depends_on", "lifecycle"];

/** JavaScript's types for Terraform's; a text may be given as what it looks like. */
const SCALARS: Readonly<Record<string, readonly string[]>> = {
  string: ["string", "number", "boolean"],
  bool: ["boolean"],
};

/** What is wrong with the arguments of a block, by the provider's schema. */
export function faults(block: Block, args: Readonly<Record<string, unknown>>, at: string): string[] {
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

/** Of all resources of a stack. */
export function faultsOfStack(name: string, resources: Resources): string[] {
  return Object.entries(resources).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([id, args]) => {
      const schema = PROVIDER.resources[type];
      return schema === undefined ? [`${type} is unknown`] : faults(schema, args, `${name} ${type}.${id}`);
    }),
  );
}
