// What `terraform show -json` prints, for a plan or for a state. `count`, `for_each`, modules, variables and locals are
// resolved in it; what is left are the values that a plan does not know yet.
import { dirname } from "node:path";
import { readModuleSources } from "../hcl/module-sources.ts";
import { isObject, type Json } from "../read-json.ts";
import { StackError } from "../stack-error.ts";
import type { Block, TerraformFile } from "../terraform-file.ts";
import { Configuration } from "./configuration.ts";
import { UnknownFiller } from "./fill-unknown.ts";
import { type Instance, instancesOf, labelOf } from "./instances.ts";
import { literal, reference } from "./literal.ts";
import { ModuleScopes } from "./module-scope.ts";
import { shownProvider } from "./provider.ts";
import { References } from "./references.ts";
import { withoutUnset } from "./without-unset.ts";

export function shownFile(path: string, json: Json): TerraformFile {
  if ("planned_values" in json) return planFile(path, json);
  if ("values" in json) return stateFile(path, json);
  throw new StackError(path, ["this state is empty: give the state of an applied stack, or the plan of a new one"]);
}

function stateFile(path: string, { values }: Json): TerraformFile {
  const instances = instancesOf(asObject(values).root_module);
  const blocks = instances.map((one) => ({
    ...toBlock(one, asObject(literal(withoutUnset(one.values)))),
    dependsOn: one.dependsOn,
  }));
  const outputs = Object.entries(asObject(asObject(values).outputs)).map(([name, output]) => [
    name,
    { value: literal(asObject(output).value) },
  ]);
  return file(path, blocks, { outputs: Object.fromEntries(outputs), providers: shownProvider({}, instances) });
}

function planFile(path: string, plan: Json): TerraformFile {
  if (plan.errored === true) throw new StackError(path, ["this plan ended with errors, so it is not complete"]);
  const planned = instancesOf(asObject(plan.planned_values).root_module);
  const known = new Set(planned.map(({ address }) => address));
  const read = instancesOf(asObject(asObject(plan.prior_state).values).root_module);
  // Data sources that could be read while planning are in the state, the others among the planned values.
  const instances = [...planned, ...read.filter(({ mode, address }) => mode === "data" && !known.has(address))];
  const unknown = new Map(
    asList(plan.resource_changes).map((one) => [one.address, asObject(one.change).after_unknown]),
  );
  const configuration = new Configuration(plan.configuration);
  const references = new References(configuration, instances);
  const problems: string[] = [];
  const sources = readModuleSources(dirname(path), (problem) => problems.push(problem));
  const scopes = new ModuleScopes(sources, instances);
  const filler = new UnknownFiller(configuration, references, scopes);
  filler.notices.push(...problems);
  const blocks = instances.map((instance) => {
    const values = withoutUnset(instance.values, configuration.resource(instance));
    const body = filler.body({ instance: { ...instance, values }, unknown: unknown.get(instance.address) });
    return { ...toBlock(instance, body), dependsOn: configuration.dependencies(instance) };
  });
  const { outputs, notices } = plannedOutputs(plan, { configuration, references, scopes });
  const providers = shownProvider(plan, instances);
  filler.notices.push(...notices);
  const variables = Object.entries(asObject(plan.variables)).map(([name, one]) => [
    name,
    { default: literal(asObject(one).value) },
  ]);
  return file(path, blocks, {
    outputs,
    providers,
    variables: Object.fromEntries(variables),
    notices: filler.notices,
  });
}

interface Expressions {
  readonly configuration: Configuration;
  readonly references: References;
  readonly scopes: ModuleScopes;
}

function plannedOutputs(
  plan: Json,
  { configuration, references, scopes }: Expressions,
): { outputs: Json; notices: string[] } {
  const outputs: Record<string, unknown> = {};
  const notices: string[] = [];
  for (const [name, output] of Object.entries(asObject(asObject(plan.planned_values).outputs))) {
    const [only, ...more] = references.ofOutput(name);
    const written = scopes.output(name) ?? references.writtenOutput(asObject(configuration.output("", name)));
    if (isObject(output) && "value" in output) outputs[name] = { value: literal(output.value) };
    else if (written !== undefined) outputs[name] = { value: written };
    else if (only?.attribute !== undefined && more.length === 0)
      outputs[name] = { value: `\${${reference(only.instance, only.attribute)}}` };
    else notices.push(`output.${name}`);
  }
  return { outputs, notices };
}

function toBlock(instance: Instance, body: Json): Block {
  const { address, mode, type } = instance;
  return { address, mode, type, name: labelOf(instance), body };
}

function file(
  path: string,
  blocks: readonly Block[],
  rest: Pick<TerraformFile, "outputs" | "providers"> & Partial<TerraformFile>,
): TerraformFile {
  return {
    path,
    directory: dirname(path),
    resources: blocks.filter(({ mode }) => mode === "managed"),
    data: blocks.filter(({ mode }) => mode === "data"),
    locals: {},
    variables: {},
    notices: [],
    ...rest,
  };
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
