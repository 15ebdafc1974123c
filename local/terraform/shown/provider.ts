// Region and account of a plan or state: from the provider's configuration, else from ARNs and data sources that are known.
import { isObject, type Json } from "../read-json.ts";
import type { TerraformFile } from "../terraform-file.ts";
import type { Instance } from "./instances.ts";

export function shownProvider(plan: Json, instances: readonly Instance[]): TerraformFile["providers"] {
  const arn = instances.flatMap(({ mode, values }) => (mode === "managed" ? partsOf(values.arn) : []))[0];
  const region = configuredRegion(plan) ?? arn?.region ?? dataSource(instances, "aws_region", "region", "name");
  const accountId = arn?.accountId ?? dataSource(instances, "aws_caller_identity", "account_id");
  const provider = {
    ...(region === undefined ? {} : { region }),
    ...(accountId === undefined ? {} : { allowed_account_ids: [accountId] }),
  };
  return { aws: [provider] };
}

function configuredRegion(plan: Json): string | undefined {
  const providers = Object.values(at(plan, "configuration", "provider_config")).filter(
    (one) => isObject(one) && one.name === "aws" && one.alias === undefined,
  );
  const { constant_value: constant, references } = at(providers[0], "expressions", "region");
  if (typeof constant === "string" && references === undefined) return constant;
  const [, name] = /^var\.([\w-]+)$/.exec(String(Array.isArray(references) ? references[0] : "")) ?? [];
  const value = name === undefined ? undefined : at(plan, "variables", name).value;
  return typeof value === "string" ? value : undefined;
}

function dataSource(instances: readonly Instance[], type: string, ...attributes: string[]): string | undefined {
  const found = instances.find((one) => one.mode === "data" && one.type === type);
  return attributes.map((name) => found?.values[name]).find((value) => typeof value === "string");
}

/** Of an ARN that has both, as tables and functions have. */
function partsOf(arn: unknown): { region: string; accountId: string }[] {
  const [, region, accountId] = /^arn:[^:]+:[^:]+:([a-z0-9-]+):(\d{12}):/.exec(String(arn)) ?? [];
  return region === undefined || accountId === undefined ? [] : [{ region, accountId }];
}

function at(of: unknown, ...path: readonly string[]): Json {
  return path.reduce<Json>(
    (found, name) => {
      const inner = found[name];
      return isObject(inner) ? inner : {};
    },
    isObject(of) ? of : {},
  );
}
