// The resources of a plan or state, those of modules among them; `count` and `for_each` are resolved already.
import { isObject, type Json } from "../read-json.ts";
import { parentOf } from "./configuration.ts";

/** `count.index` or `each.key`. */
export type Key = string | number;

export interface Instance {
  /** `module.chat["a"].aws_lambda_function.message[0]` */
  readonly address: string;
  /** `module.chat["a"]`; empty for the root module. */
  readonly module: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly key: Key | undefined;
  readonly values: Json;
  /** Of a state. */
  readonly dependsOn?: readonly string[];
}

/** `planned_values.root_module`, or `values.root_module` of a state. */
export function instancesOf(module: unknown): Instance[] {
  if (!isObject(module)) return [];
  const { resources, child_modules: children, address = "" } = module;
  return [
    ...asList(resources).map((resource) => toInstance(resource, String(address))),
    ...asList(children).flatMap(instancesOf),
  ];
}

/** Of every instance, and those that only hold other modules. */
export function modulesOf(instances: readonly Instance[]): string[] {
  const modules = new Set<string>();
  for (const { module } of instances) {
    for (let at = module; !modules.has(at); at = parentOf(at)) modules.add(at);
  }
  return [...modules];
}

/** Without its type: `module.chat["a"].message[0]`, which with the type names one instance. */
export function labelOf({ module, name, key }: Instance): string {
  const index = key === undefined ? "" : `[${JSON.stringify(key)}]`;
  return `${module === "" ? "" : `${module}.`}${name}${index}`;
}

function toInstance(resource: Json, module: string): Instance {
  const { address, mode, type, name, index, values, depends_on: dependsOn } = resource;
  return {
    address: String(address),
    module,
    mode: mode === "data" ? "data" : "managed",
    type: String(type),
    name: String(name),
    key: typeof index === "string" || typeof index === "number" ? index : undefined,
    values: isObject(values) ? values : {},
    ...(Array.isArray(dependsOn) && { dependsOn: dependsOn.map(String) }),
  };
}

function asList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
