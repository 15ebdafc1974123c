// What names mean inside a module of a plan: its variables, locals, resources and modules, and `each` or `count` of the block that
// asks. Resources themselves are resolved by the whole stack's resolver, which this gets as `root`.
import { relative } from "node:path";
import { isMap, sortedKeys, toList } from "../expression/convert.ts";
import { evaluateExpression, type Scope } from "../expression/evaluate-expression.ts";
import { ExpressionError } from "../expression/expression-error.ts";
import { Namespace } from "../expression/namespace.ts";
import type { Expression } from "../expression/syntax.ts";
import type { ModuleSource, ModuleSources } from "../hcl/module-sources.ts";
import type { HclBody } from "../hcl/parse-hcl.ts";
import { parentOf, stepsOf } from "./configuration.ts";
import { type Instance, type Key, labelOf, modulesOf } from "./instances.ts";
import { Scoped } from "./scoped.ts";
import { asType } from "./variable-type.ts";
import type { BlockIterator } from "./written-blocks.ts";

/** Of the block whose expression it is. */
interface Repetition {
  readonly key: Key | undefined;
  readonly forEach: Expression | undefined;
}

const once: Repetition = { key: undefined, forEach: undefined };

export class ModuleScopes {
  readonly #sources: ModuleSources;
  readonly #instances: readonly Instance[];
  readonly #modules: readonly string[];

  constructor(sources: ModuleSources, instances: readonly Instance[]) {
    this.#sources = sources;
    this.#instances = instances;
    this.#modules = modulesOf(instances);
  }

  /** The block that makes the instance, if its `.tf` file is here. */
  resource({ module, mode, type, name }: Instance): HclBody | undefined {
    return this.source(module)?.resources.get(`${mode === "data" ? "data." : ""}${type}.${name}`);
  }

  /** An expression of the instance's block. */
  scoped(
    instance: Instance,
    expression: Expression,
    otherwise: () => unknown,
    iterators: readonly BlockIterator[] = [],
  ): Scoped {
    const forEach = this.resource(instance)?.attributes.get("for_each");
    const repetition = { key: instance.key, forEach };
    const scope = (root: Scope): Scope => iterators.reduce(withIterator, this.scope(root, instance.module, repetition));
    return new Scoped(expression, scope, otherwise);
  }

  /** An output of the root module. */
  output(name: string): Scoped | undefined {
    const expression = this.source("")?.outputs.get(name);
    return (
      expression &&
      new Scoped(
        expression,
        (root) => this.scope(root, ""),
        () => undefined,
      )
    );
  }

  source(module: string): ModuleSource | undefined {
    const names = stepsOf(module).map(({ name }) => name);
    return this.#sources.get(names.join("."));
  }

  scope(root: Scope, module: string, repetition: Repetition = once): Scope {
    const source = this.#sourceOf(module);
    const inModule = (expression: Expression): unknown => evaluateExpression(expression, this.scope(root, module));
    const lookup = (name: string): unknown => {
      switch (name) {
        case "each":
          return each(repetition, inModule);
        case "count":
          return { index: repetition.key };
        case "local":
          return new Namespace(
            (local) => inModule(found(source.locals.get(local), `local.${local}`)),
            () => [],
          );
        case "var":
          return new Namespace(
            (variable) => this.#typedVariable(root, module, variable),
            () => [],
          );
        case "module":
          return new Namespace(
            (call) => this.#calls(root, module, call),
            () => [],
          );
        case "path": {
          const path = relative(root.directory, source.directory);
          return { module: path === "" ? "." : path, root: ".", cwd: root.directory };
        }
        case "terraform":
          return root.lookup("terraform");
        case "data":
          return new Namespace(
            (type) => this.#resources(root, { module, mode: "data", type }),
            () => [],
          );
        default:
          return this.#resources(root, { module, mode: "managed", type: name });
      }
    };
    return { directory: root.directory, lookup };
  }

  #typedVariable(root: Scope, module: string, name: string): unknown {
    const value = this.#variable(root, module, name);
    const type = this.#sourceOf(module).types.get(name);
    return type ? asType(value, type, (expression) => evaluateExpression(expression, this.scope(root, module))) : value;
  }

  #variable(root: Scope, module: string, name: string): unknown {
    if (module === "") return (root.lookup("var") as Namespace).get(name);
    const call = this.#sourceOf(parentOf(module)).calls.get(stepsOf(module).at(-1)?.name ?? "");
    const given = call?.attributes.get(name);
    if (given) {
      const repetition = { key: stepsOf(module).at(-1)?.key, forEach: call?.attributes.get("for_each") };
      return evaluateExpression(given, this.scope(root, parentOf(module), repetition));
    }
    const standard = found(this.#sourceOf(module).variables.get(name), `var.${name}`);
    return evaluateExpression(standard, this.scope(root, module));
  }

  #calls(root: Scope, module: string, name: string): unknown {
    const called = this.#modules.filter(
      (one) => one !== "" && parentOf(one) === module && stepsOf(one).at(-1)?.name === name,
    );
    const outputs = (one: string): Namespace =>
      new Namespace(
        (output) =>
          evaluateExpression(
            found(this.#sourceOf(one).outputs.get(output), `module.${name}.${output}`),
            this.scope(root, one),
          ),
        () => [...this.#sourceOf(one).outputs.keys()],
      );
    return repeated(called, (one) => stepsOf(one).at(-1)?.key, outputs, `module.${name}`);
  }

  #resources(root: Scope, of: Pick<Instance, "module" | "mode" | "type">): Namespace {
    const blocks = of.mode === "data" ? (root.lookup("data") as Namespace).get(of.type) : root.lookup(of.type);
    const get = (name: string): unknown => {
      const named = this.#instances.filter(
        (one) => one.module === of.module && one.mode === of.mode && one.type === of.type && one.name === name,
      );
      return repeated(
        named,
        ({ key }) => key,
        (one) => (blocks as Namespace).get(labelOf(one)),
        `${of.type}.${name}`,
      );
    };
    return new Namespace(get, () => []);
  }

  #sourceOf(module: string): ModuleSource {
    const source = this.source(module);
    if (source) return source;
    throw new ExpressionError(`the *.tf files of ${module === "" ? "the root module" : module} are not here`);
  }
}

function withIterator(scope: Scope, { name, forEach, at }: BlockIterator): Scope {
  const item = (): object => {
    const all = evaluateExpression(forEach, scope);
    const items = isMap(all)
      ? sortedKeys(all).map((key) => ({ key, value: all[key] }))
      : toList(all).map((value, key) => ({ key, value }));
    return found(items[at], `item ${at} of the dynamic block ${name}`);
  };
  return { ...scope, lookup: (asked) => (asked === name ? item() : scope.lookup(asked)) };
}

function each({ key, forEach }: Repetition, inModule: (expression: Expression) => unknown): Namespace {
  const value = (): unknown => {
    const all = inModule(found(forEach, "each"));
    return typeof all === "object" && all !== null && !Array.isArray(all)
      ? (all as Record<string, unknown>)[String(key)]
      : key;
  };
  return new Namespace(
    (name) => (name === "key" ? key : value()),
    () => ["key", "value"],
  );
}

/** One, a list by `count.index`, or a map by `each.key`. */
function repeated<T>(
  all: readonly T[],
  keyOf: (one: T) => Key | undefined,
  get: (one: T) => unknown,
  name: string,
): unknown {
  const [first] = all;
  if (first === undefined) throw new ExpressionError(`there is no ${name} in the plan`);
  const key = keyOf(first);
  if (key === undefined) return get(first);
  if (typeof key === "number") return all.map(get);
  const byKey = (wanted: string): unknown =>
    get(
      found(
        all.find((one) => keyOf(one) === wanted),
        `${name}["${wanted}"]`,
      ),
    );
  return new Namespace(byKey, () => all.map((one) => String(keyOf(one))));
}

function found<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw new ExpressionError(`there is no ${name}`);
}
