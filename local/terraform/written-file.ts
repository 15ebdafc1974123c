// Terraform JSON as people and CDKTF write it: nothing in it is resolved yet.
import { isObject, type Json } from "./read-json.ts";
import { StackError } from "./stack-error.ts";
import type { Block, TerraformFile } from "./terraform-file.ts";

export function writtenFile(path: string, directory: string, json: Json): TerraformFile {
  if (!("resource" in json))
    throw new StackError(path, [
      'there is no "resource" in it: expected is Terraform JSON (a cdk.tf.json, or *.tf.json written by hand), or what `terraform show -json` prints for a plan or a state',
    ]);
  const problems: string[] = [];
  const { resource, data, locals, variable, output, provider, module } = json;
  for (const name of Object.keys(withoutComments(module)))
    problems.push(`module.${name}: modules are not resolved here; ${planInstead}`);
  const file: TerraformFile = {
    path,
    directory,
    resources: blocks(resource, "managed", problems),
    data: blocks(data, "data", problems),
    locals: Object.assign({}, ...list(locals)),
    variables: withoutComments(variable),
    outputs: withoutComments(output),
    providers: Object.fromEntries(Object.entries(withoutComments(provider)).map(([name, one]) => [name, list(one)])),
    notices: [],
  };
  if (problems.length > 0) throw new StackError(path, problems);
  return file;
}

export const planInstead =
  "let Terraform do it, and give its plan: terraform plan -out=tfplan && terraform show -json tfplan > plan.json";

function blocks(section: unknown, mode: Block["mode"], problems: string[]): Block[] {
  return Object.entries(withoutComments(section)).flatMap(([type, named]) =>
    Object.entries(withoutComments(named)).flatMap(([name, one]) => {
      const address = `${mode === "data" ? "data." : ""}${type}.${name}`;
      const bodies = list(one);
      const [body] = bodies;
      if (bodies.length === 1 && body)
        return [{ address, mode, type, name, body: withoutComments(body), dependsOn: dependencies(body) }];
      problems.push(
        `${address}: expected one object, found ${Array.isArray(one) ? `a list of ${one.length}` : JSON.stringify(one)}`,
      );
      return [];
    }),
  );
}

/** By `depends_on` and by what the rest refers to; through a local it could be anything. */
function dependencies({ depends_on: named, ...rest }: Json): readonly string[] | undefined {
  const text = JSON.stringify(rest);
  if (/\b(local|module)\./.test(text)) return undefined;
  const referred = text.match(/\baws_\w+\.[\w-]+/g) ?? [];
  return [...(Array.isArray(named) ? named.map(String) : []), ...referred];
}

/** Terraform takes `{...}` and `[{...}]` for the same. */
function list(value: unknown): Json[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

function withoutComments(value: unknown): Json {
  const merged: Json = Object.assign({}, ...list(value));
  return Object.fromEntries(Object.entries(merged).filter(([key]) => key !== "//"));
}
