// The `.tf` files that a plan was made of, if they lie beside it: they have the expressions that a plan leaves out.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ExpressionError } from "../expression/expression-error.ts";
import type { Expression } from "../expression/syntax.ts";
import { type HclBody, parseHcl } from "./parse-hcl.ts";

export interface ModuleSource {
  readonly directory: string;
  /** By `data.<type>.<name>` or `<type>.<name>`. */
  readonly resources: ReadonlyMap<string, HclBody>;
  readonly calls: ReadonlyMap<string, HclBody>;
  readonly locals: ReadonlyMap<string, Expression>;
  /** Defaults. */
  readonly variables: ReadonlyMap<string, Expression>;
  /** Of variables. */
  readonly types: ReadonlyMap<string, Expression>;
  readonly outputs: ReadonlyMap<string, Expression>;
}

/** Modules by their names from the root: `` is the root, `chat.storage` a module in the module chat. */
export type ModuleSources = ReadonlyMap<string, ModuleSource>;

/** Empty where there are no `.tf` files, or where they hold something that is not understood here: `onProblem` is told. */
export function readModuleSources(directory: string, onProblem: (problem: string) => void = () => {}): ModuleSources {
  const sources = new Map<string, ModuleSource>();
  const installed = installedModules(directory);
  const visit = (path: string, at: string): void => {
    const source = readModule(at);
    if (!source) return;
    sources.set(path, source);
    for (const [name, { attributes }] of source.calls) {
      const inner = path === "" ? name : `${path}.${name}`;
      const given = attributes.get("source");
      const from = given?.kind === "literal" ? String(given.value) : "";
      const local = /^\.\.?[\\/]/.test(from) ? join(at, from) : installed.get(inner);
      if (local !== undefined) visit(inner, local);
    }
  };
  try {
    visit("", directory);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    onProblem(error.message);
    return new Map();
  }
  return sources;
}

function readModule(directory: string): ModuleSource | undefined {
  const files = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith(".tf")) : [];
  if (files.length === 0) return undefined;
  const blocks = files.flatMap((name) => readBlocks(join(directory, name)));
  const labelled = (type: string, prefix = ""): [string, HclBody][] =>
    blocks.filter((block) => block.type === type).map(({ labels, body }) => [prefix + labels.join("."), body]);
  const attributeOf = (type: string, name: string): [string, Expression][] =>
    labelled(type).flatMap(([label, { attributes }]) => {
      const expression = attributes.get(name);
      return expression ? [[label, expression] as [string, Expression]] : [];
    });
  return {
    directory,
    resources: new Map([...labelled("resource"), ...labelled("data", "data.")]),
    calls: new Map(labelled("module")),
    locals: new Map(labelled("locals").flatMap(([, { attributes }]) => [...attributes])),
    variables: new Map(attributeOf("variable", "default")),
    types: new Map(attributeOf("variable", "type")),
    outputs: new Map(attributeOf("output", "value")),
  };
}

function readBlocks(file: string): HclBody["blocks"] {
  try {
    return parseHcl(readFileSync(file, "utf8")).blocks;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(
      `${file} is not understood, so the plan is served without its *.tf files: ${error.message}`,
    );
  }
}

/** What `terraform init` has fetched, by name from the root. */
function installedModules(directory: string): Map<string, string> {
  const manifest = join(directory, ".terraform", "modules", "modules.json");
  if (!existsSync(manifest)) return new Map();
  const { Modules = [] } = JSON.parse(readFileSync(manifest, "utf8"));
  return new Map(
    Modules.map(({ Key, Dir }: { Key: string; Dir: string }) => [Key, join(directory, Dir)] as [string, string]),
  );
}
