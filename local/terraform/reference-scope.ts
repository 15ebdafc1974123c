// What the first name of a reference stands for: `local`, `var`, `data`, a resource type.
import type { Scope } from "./expression/evaluate-expression.ts";
import { ExpressionError, NotServedError } from "./expression/expression-error.ts";
import { Namespace } from "./expression/namespace.ts";
import type { Block, Json, TerraformFile } from "./terraform-file.ts";
import { planInstead } from "./written-file.ts";

export interface Values {
  local(name: string): unknown;
  /** undefined when it has none. */
  attribute(block: Block, name: string): unknown;
  /** All that a block has, configured or computed. */
  attributeNames(block: Block): readonly string[];
  /** Whether an attribute without a value is a mistake; else the whole type means nothing here. */
  isKnown(block: Block): boolean;
}

export function referenceScope(file: TerraformFile, values: Values): Scope {
  const { directory } = file;
  return {
    directory,
    lookup(name) {
      switch (name) {
        case "local":
          return new Namespace(
            (local) => localOf(file, values, local),
            () => Object.keys(file.locals),
          );
        case "var":
          return new Namespace(
            (variable) => variableOf(file, variable),
            () => Object.keys(file.variables),
          );
        case "path":
          return { module: ".", root: ".", cwd: directory };
        case "terraform":
          return { workspace: "default" };
        case "data":
          return new Namespace(
            (type) => ofType(file.data, type, `data.${type}`, values),
            () => [],
          );
        case "each":
        case "count":
        case "self":
        case "module":
          throw new ExpressionError(
            `${name} is not resolved here, nor are count, for_each and modules; ${planInstead}`,
          );
        default:
          return ofType(file.resources, name, name, values);
      }
    },
  };
}

function localOf(file: TerraformFile, values: Values, name: string): unknown {
  if (Object.hasOwn(file.locals, name)) return values.local(name);
  throw new ExpressionError(`there is no local.${name}`);
}

function variableOf(file: TerraformFile, name: string): unknown {
  const variable = file.variables[name] as Json | undefined;
  if (variable === undefined) throw new ExpressionError(`there is no variable ${name}`);
  if ("default" in variable) return variable.default;
  throw new ExpressionError(`var.${name} has no default, and nothing else gives it a value here`);
}

function ofType(all: readonly Block[], type: string, path: string, values: Values): Namespace {
  const blocks = all.filter((block) => block.type === type);
  if (blocks.length === 0) throw new ExpressionError(`nothing is called ${path}`);
  const get = (name: string): unknown => {
    const block = blocks.find((one) => one.name === name);
    if (block) return membersOf(block, values);
    throw new ExpressionError(
      `there is no ${path}.${name}; there is ${blocks.map(({ address }) => address).join(", ")}`,
    );
  };
  return new Namespace(get, () => blocks.map(({ name }) => name));
}

function membersOf(block: Block, values: Values): Namespace {
  const get = (name: string): unknown => {
    const value = values.attribute(block, name);
    if (value !== undefined) return value;
    if (values.isKnown(block))
      throw new ExpressionError(`${block.address} has no attribute ${name} that is known here`);
    throw new NotServedError(`${block.address}.${name} is not known: ${block.type} is not served here`);
  };
  return new Namespace(get, () =>
    values.attributeNames(block).filter((name) => values.attribute(block, name) !== undefined),
  );
}
