// The `configuration` of a plan: of every attribute the constant, or which names its expression is made of. The expressions
// themselves are not in a plan.
import { isObject, type Json } from "../read-json.ts";
import type { Instance, Key } from "./instances.ts";

/** One module instance: `module.chat["a"]`. */
export interface ModuleStep {
  readonly name: string;
  readonly key: Key | undefined;
}

export class Configuration {
  readonly #root: Json;

  constructor(configuration: unknown) {
    this.#root = member(configuration, "root_module");
  }

  /** The block that makes the instance. */
  resource({ module, mode, type, name }: Pick<Instance, "module" | "mode" | "type" | "name">): Json {
    const resources = this.#module(module).resources;
    const found = (Array.isArray(resources) ? resources : []).find(
      (one) => isObject(one) && one.mode === mode && one.type === type && one.name === name,
    );
    return isObject(found) ? found : {};
  }

  /** What the block waits for, as addresses without keys; undefined where it is a local or module that is not looked into. */
  dependencies(instance: Pick<Instance, "module" | "mode" | "type" | "name">): readonly string[] | undefined {
    const { depends_on: named, expressions } = this.resource(instance);
    const names = [...(Array.isArray(named) ? named.map(String) : []), ...referencesIn(expressions)];
    if (names.some((name) => /^(local|module)\./.test(name))) return undefined;
    const prefix = stepsOf(instance.module).map(({ name }) => `module.${name}.`);
    return names.map((name) => prefix.join("") + name.split(/[.[]/, 2).join("."));
  }

  /** The `module` block that makes the module instance. */
  call(module: string): Json {
    const name = stepsOf(module).at(-1)?.name ?? "";
    return member(member(this.#module(parentOf(module)), "module_calls"), name);
  }

  /** The expression of an output of the module. */
  output(module: string, name: string): unknown {
    return member(this.outputs(module), name).expression;
  }

  outputs(module: string): Json {
    return member(this.#module(module), "outputs");
  }

  #module(address: string): Json {
    return stepsOf(address).reduce(
      (at, { name }) => member(member(member(at, "module_calls"), name), "module"),
      this.#root,
    );
  }
}

export function stepsOf(module: string): ModuleStep[] {
  return [...module.matchAll(/module\.([\w-]+)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?/g)].map(([, name = "", key]) => ({
    name,
    key: key === undefined ? undefined : JSON.parse(key),
  }));
}

export function parentOf(module: string): string {
  return stepsOf(module).slice(0, -1).map(addressOfStep).join(".");
}

function addressOfStep({ name, key }: ModuleStep): string {
  return `module.${name}${key === undefined ? "" : `[${JSON.stringify(key)}]`}`;
}

/** All names in an expression, or in the expressions of a block. */
export function referencesIn(expression: unknown): string[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesIn);
  if (!isObject(expression)) return [];
  if (!isExpression(expression)) return Object.values(expression).flatMap(referencesIn);
  return Array.isArray(expression.references) ? expression.references.map(String) : [];
}

/** Unlike the object of a nested block. */
export function isExpression(value: Json): boolean {
  return Object.keys(value).every((key) => key === "references" || key === "constant_value");
}

function member(of: unknown, name: string): Json {
  const found = isObject(of) ? of[name] : undefined;
  return isObject(found) ? found : {};
}
