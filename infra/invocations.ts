// Functions that invoke others: permissions.json says "invoke": ["fanout"], by the names of the stage file.
import type { Account } from "./account.ts";
import type { Bundle } from "./bundle.ts";
import { ALIAS, type LambdaFunction } from "./lambda-function.ts";
import { didYouMean } from "./stage-file/did-you-mean.ts";
import { invocationVariable } from "./stage-file/invocation-variable.ts";
import type { StageConfig } from "./stage-file/schema.ts";

type Bundles = ReadonlyMap<string, Bundle>;
type Functions = Pick<StageConfig, "functions">;

/** The functions that one of the stage's may invoke. */
export function invokedBy(name: string, { functions }: Functions, bundles: Bundles): readonly string[] {
  return bundles.get(functions[name]?.bundle ?? name)?.permissions.invoke ?? [];
}

/** What is wrong between the functions of a stage: one that is not there, and one that nothing leads to. */
export function invocationProblems(stage: StageConfig, file: string, bundles: Bundles): string[] {
  const names = Object.keys(stage.functions);
  const invocations = names.flatMap((by) => invokedBy(by, stage, bundles).map((target) => ({ by, target })));
  const strangers = invocations
    .filter(({ target }) => !names.includes(target))
    .map(
      ({ by, target }) =>
        `${file}  /functions  found no ${JSON.stringify(target)}, which permissions.json of ${by} invokes  ` +
        `expected ${didYouMean(target, names)}One of ${names.join(", ")} there, or ${JSON.stringify(target)} here`,
    );
  const used = new Set([
    ...Object.values(stage.routes).map((route) => route.function),
    ...(stage.auth.mode === "jwt" ? [stage.auth.function] : []),
    ...invocations.filter(({ by, target }) => by !== target).map(({ target }) => target),
  ]);
  const idle = names
    .filter((name) => !used.has(name))
    .map(
      (name) =>
        `${file}  /functions/${name}  found a function that no route leads to and no function invokes  ` +
        `expected a route to it, "invoke": [${JSON.stringify(name)}] in another one's permissions.json, or no ${JSON.stringify(name)}`,
    );
  return [...strangers, ...idle];
}

/** Where to find those it invokes. By names, not references: functions that invoke each other would refer in a circle. */
export function invocationEnvironment(names: readonly string[], { stage }: StageConfig): Record<string, string> {
  return Object.fromEntries(names.map((name) => [invocationVariable(name), `websocket-api-${stage}-${name}:${ALIAS}`]));
}

export function grantInvocations(
  grantee: LambdaFunction,
  names: readonly string[],
  { stage, aws }: StageConfig,
  account: Account,
): void {
  if (names.length === 0) return;
  const lambda = `arn:${account.partition}:lambda:${aws.region}:${account.id}:function`;
  const Resource = names.map((name) => `${lambda}:websocket-api-${stage}-${name}:${ALIAS}`);
  grantee.allow({ Sid: "Invoke", Action: ["lambda:InvokeFunction"], Resource });
}
