// A directory of `*.tf.json` as one file, as Terraform sees it: all files together, override files on top, variables from
// tfvars files.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isObject, type Json, readJson } from "./read-json.ts";
import { StackError } from "./stack-error.ts";
import { planInstead } from "./written-file.ts";

export async function readTfDirectory(directory: string): Promise<Json> {
  const names = (await readdir(directory)).sort();
  const hcl = names.filter((name) => name.endsWith(".tf"));
  if (hcl.length > 0)
    throw new StackError(directory, [`${hcl.join(", ")}: HCL is not read here, only Terraform JSON; ${planInstead}`]);
  const written = names.filter((name) => name.endsWith(".tf.json"));
  if (written.length === 0) throw new StackError(directory, ["there is no *.tf.json in this directory"]);
  const problems: string[] = [];
  let whole: Json = {};
  for (const name of [...written.filter((one) => !isOverride(one)), ...written.filter(isOverride)]) {
    const json = await readJson(join(directory, name));
    whole = merged(whole, sections(json), isOverride(name) ? undefined : (at) => problems.push(`${name}: ${at}`));
  }
  if (problems.length > 0) throw new StackError(directory, problems);
  return withVariables(whole, await variableValues(directory, names));
}

function isOverride(name: string): boolean {
  return name === "override.tf.json" || name.endsWith("_override.tf.json");
}

/** How deep the blocks of a section lie: `resource.<type>.<name>`, `output.<name>`; the rest are attributes. */
const depths: Readonly<Record<string, number>> = { resource: 2, data: 2, output: 1, variable: 1, module: 1 };

/** A section may be a list of objects; together they are one. Providers are lists: several of one name differ by alias. */
function sections(json: Json): Json {
  return Object.fromEntries(
    Object.entries(json).map(([section, value]) => {
      const parts = (Array.isArray(value) ? value : [value]).filter(isObject);
      if (section !== "provider") return [section, Object.assign({}, ...parts)];
      const all = parts.flatMap((part) => Object.entries(part));
      return [section, Object.fromEntries(all.map(([name, one]) => [name, Array.isArray(one) ? one : [one]]))];
    }),
  );
}

function merged(below: Json, above: Json, onTwice: ((problem: string) => void) | undefined): Json {
  const whole: Record<string, unknown> = { ...below };
  for (const [section, value] of Object.entries(above)) {
    whole[section] =
      section === "provider"
        ? withProviders(asObject(whole.provider), asObject(value))
        : withBlocks(asObject(whole[section]), asObject(value), depths[section] ?? 0, (path) =>
            onTwice?.(`${[section, ...path].join(".")} is already in another file`),
          );
  }
  return whole;
}

function withBlocks(below: Json, above: Json, depth: number, onTwice: (path: readonly string[]) => void): Json {
  const both: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const before = both[name];
    // An override replaces a block's attributes one by one.
    if (depth === 0 || !isObject(before) || !isObject(value)) both[name] = value;
    else both[name] = withBlocks(before, value, depth - 1, (path) => onTwice([name, ...path]));
    if (depth === 1 && before !== undefined) onTwice([name]);
  }
  return both;
}

function withProviders(below: Json, above: Json): Json {
  const both: Record<string, unknown> = { ...below };
  for (const [name, configurations] of Object.entries(above)) {
    both[name] = [...asList(both[name]), ...asList(configurations)];
  }
  return both;
}

/** terraform.tfvars.json, then *.auto.tfvars.json; the later one wins. */
async function variableValues(directory: string, names: readonly string[]): Promise<Json> {
  const files = names.filter((name) => name.endsWith(".auto.tfvars.json"));
  if (names.includes("terraform.tfvars.json")) files.unshift("terraform.tfvars.json");
  const values = await Promise.all(files.map((name) => readJson(join(directory, name))));
  return Object.assign({}, ...values);
}

function withVariables(whole: Json, values: Json): Json {
  const declared = Object.entries(asObject(whole.variable));
  const variable = declared.map(([name, one]) => [
    name,
    Object.hasOwn(values, name) ? { ...asObject(one), default: values[name] } : one,
  ]);
  return { ...whole, variable: Object.fromEntries(variable) };
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
