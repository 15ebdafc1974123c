// From a name in a plan's configuration to the resources it means, through variables and outputs of modules. Where the plan
// leaves open which of several instances is meant (`[each.key]`), it is the one with the key of what refers.

import { isObject, type Json } from "../read-json.ts";
import { type Configuration, parentOf, referencesIn, stepsOf } from "./configuration.ts";
import { type Instance, type Key, modulesOf } from "./instances.ts";

/** Where a name stands. */
interface Place {
  readonly module: string;
  readonly key: Key | undefined;
  /** Names in the `for_each` of the block: what `each.value` comes from. */
  readonly repetition: readonly string[];
}

export interface Target {
  readonly instance: Instance;
  /** undefined: the plan does not say. */
  readonly attribute: string | undefined;
}

type Step = { readonly name: string } | { readonly key: Key };

export class References {
  readonly #configuration: Configuration;
  readonly #instances: readonly Instance[];
  readonly #modules: readonly string[];

  constructor(configuration: Configuration, instances: readonly Instance[]) {
    this.#configuration = configuration;
    this.#instances = instances;
    this.#modules = modulesOf(instances);
  }

  /** What an attribute of the instance may be made of. */
  targets(references: readonly string[], of: Instance): Target[] {
    const { for_each_expression: repetition } = this.#configuration.resource(of);
    return this.#all(references, { module: of.module, key: of.key, repetition: referencesIn(repetition) });
  }

  /** The text of an expression, which a plan has of Terraform JSON, if it means here what it means where it is written. */
  written(expression: unknown, of: Instance): unknown {
    return of.module === "" && of.key === undefined && isObject(expression)
      ? this.writtenOutput(expression)
      : undefined;
  }

  writtenOutput(expression: Json): unknown {
    const isDirect = referencesIn(expression).every((reference) => {
      const steps = parse(reference);
      const first = nameAt(steps, 0);
      if (first === "var" || first === "path") return true;
      const [type, name] = first === "data" ? [nameAt(steps, 1), nameAt(steps, 2)] : [first, nameAt(steps, 1)];
      return this.#instances.some(
        (one) => one.module === "" && one.key === undefined && one.type === type && one.name === name,
      );
    });
    return isDirect ? expression.constant_value : undefined;
  }

  ofOutput(name: string): Target[] {
    return this.#all(referencesIn(this.#configuration.output("", name)), {
      module: "",
      key: undefined,
      repetition: [],
    });
  }

  #all(references: readonly string[], place: Place): Target[] {
    const found = new Map<string, Target>();
    for (const target of longest(references).flatMap((reference) => this.#follow(reference, place))) {
      found.set(`${target.instance.address}.${target.attribute}`, target);
    }
    return [...found.values()];
  }

  #follow(reference: string, place: Place): Target[] {
    const steps = parse(reference);
    switch (nameAt(steps, 0)) {
      case "var":
        return this.#variable(nameAt(steps, 1), place.module);
      case "each":
        return nameAt(steps, 1) === "value" ? this.#all(place.repetition, { ...place, repetition: [] }) : [];
      case "module":
        return this.#output(steps, place);
      case "data":
        return this.#resources("data", steps.slice(1), place);
      default:
        return this.#resources("managed", steps, place);
    }
  }

  /** A module's variable is what its caller gives it. */
  #variable(name: string, module: string): Target[] {
    if (module === "") return [];
    const { expressions, for_each_expression: repetition } = this.#configuration.call(module);
    const given = referencesIn((expressions as Record<string, unknown> | undefined)?.[name]);
    const key = stepsOf(module).at(-1)?.key;
    return this.#all(given, { module: parentOf(module), key, repetition: referencesIn(repetition) });
  }

  #output(steps: readonly Step[], place: Place): Target[] {
    const called = this.#modules.filter(
      (module) =>
        module !== "" && parentOf(module) === place.module && stepsOf(module).at(-1)?.name === nameAt(steps, 1),
    );
    const keyOf = (module: string): Key | undefined => stepsOf(module).at(-1)?.key;
    const output = nameAt(steps, keyAt(steps, 2) === undefined ? 2 : 3);
    return chosen(called, keyOf, keyAt(steps, 2) ?? place.key).flatMap((module) => {
      const outputs = output === "" ? Object.keys(this.#configuration.outputs(module)) : [output];
      const references = outputs.flatMap((name) => referencesIn(this.#configuration.output(module, name)));
      return this.#all(references, { module, key: undefined, repetition: [] });
    });
  }

  #resources(mode: Instance["mode"], steps: readonly Step[], place: Place): Target[] {
    const named = this.#instances.filter(
      (one) =>
        one.module === place.module &&
        one.mode === mode &&
        one.type === nameAt(steps, 0) &&
        one.name === nameAt(steps, 1),
    );
    const attribute = nameAt(steps, keyAt(steps, 2) === undefined ? 2 : 3) || undefined;
    return chosen(named, ({ key }) => key, keyAt(steps, 2) ?? place.key).map((instance) => ({ instance, attribute }));
  }
}

/** A plan names `a.b.c` and also `a.b`, of which it is a part. */
function longest(references: readonly string[]): string[] {
  return references.filter(
    (one) => !references.some((other) => other.startsWith(`${one}.`) || other.startsWith(`${one}[`)),
  );
}

function chosen<T>(all: readonly T[], keyOf: (one: T) => Key | undefined, key: Key | undefined): readonly T[] {
  const same = all.filter((one) => keyOf(one) === key);
  return same.length > 0 ? same : all;
}

function parse(reference: string): Step[] {
  return [...reference.matchAll(/([\w-]+)|\[("(?:[^"\\]|\\.)*"|\d+)\]/g)].map(([, name, key]) =>
    name === undefined ? { key: JSON.parse(key ?? "null") } : { name },
  );
}

function nameAt(steps: readonly Step[], at: number): string {
  const step = steps[at];
  return step !== undefined && "name" in step ? step.name : "";
}

function keyAt(steps: readonly Step[], at: number): Key | undefined {
  const step = steps[at];
  return step !== undefined && "key" in step ? step.key : undefined;
}
